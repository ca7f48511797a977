/** Bundles the browser UI into web/dist; the server serves it with a strict content security policy. */
import { defineConfig } from 'vite';

export default defineConfig({
  // Files find each other by their own place; the page's `<base>` says where that is.
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2023',
    outDir: 'dist',
    emptyOutDir: true,
    // Every asset is a file of its own: `data:` fonts and scripts would need holes in the policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    rolldownOptions: {
      output: {
        // One chunk, so that ui/no-eval.ts runs between zod and the first schema of the protocol.
        codeSplitting: {
          groups: [
            { name: 'base', test: /node_modules\/(zod|preact|@preact)\/|src\/(protocol|client)\/|web\/ui\/no-eval/ },
          ],
        },
      },
    },
  },
});
