/** Bundles the browser UI into web/dist; the server serves it with a strict content security policy. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const page = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

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
      input: { index: page('index.html'), speedtest: page('speedtest/index.html') },
      output: {
        codeSplitting: {
          groups: [
            { name: 'view', test: /node_modules\/(preact|@preact)\// },
            // One chunk, so that ui/no-eval.ts runs between zod and the first schema of the protocol.
            { name: 'base', test: /node_modules\/zod\/|src\/(protocol|client)\/|web\/ui\/no-eval/ },
            // What the speed test needs of ours, without the shell.
            { name: 'ui', test: /web\/ui\/(tokens|base|address|below|format|icon|late|theme|strings\/)/ },
            // One chunk with all that it needs: views that are loaded later share much of it, in many small pieces.
            { name: 'shell', test: /web\/shell\// },
          ],
        },
      },
    },
  },
});
