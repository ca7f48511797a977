/** Bundles the browser UI into web/dist; the server serves it with a strict content security policy. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { defineConfig, type Plugin, type ProxyOptions } from 'vite';

const page = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

const COMPRESSIBLE = /\.(js|css|html|svg|json)$/;
/** Compressing a file smaller than a packet saves nothing. */
const WORTH_BYTES = 1024;

/** Writes compressed variants next to each file, for the server to send. */
function precompressed(): Plugin {
  return {
    name: 'precompressed',
    apply: 'build',
    async writeBundle({ dir = '' }, bundle) {
      for (const fileName of Object.keys(bundle).filter((name) => COMPRESSIBLE.test(name))) {
        const file = join(dir, fileName);
        const bytes = await readFile(file);
        if (bytes.length < WORTH_BYTES) continue;
        const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
        await writeFile(`${file}.br`, await promisify(brotliCompress)(bytes, { params }));
        await writeFile(`${file}.gz`, await promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION }));
      }
    },
  };
}

/** `npm run dev`: everything that isn't a page or a source comes from the server there. */
function proxyTo(target: string | undefined): Record<string, ProxyOptions> {
  if (target === undefined) return {};
  const paths = ['^/(api|API)/', '^/(healthz|readyz)$', '^/speedtest/(ping|garbage|upload)'];
  return Object.fromEntries(paths.map((path) => [path, { target, ws: true }]));
}

export default defineConfig({
  plugins: [precompressed()],
  // Beside the bundle: node_modules may belong to another user.
  cacheDir: '../.cache/vite',
  server: { strictPort: true, proxy: proxyTo(process.env['DESKPOD_DEV_SERVER']) },
  // URLs are relative, because the page's `<base>` decides where the UI is served.
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
            // What the speed test needs from ui, without the shell.
            {
              name: 'ui',
              test: /web\/ui\/(tokens|base|server-url|relative-url|format|icon|use-delayed|theme|stored|locale|language|strings\/(?:en\/|catalogue|lookup|plurals))/,
            },
            // With the entry: what the login page needs.
            { name: 'login', test: /web\/(login|state)\/|web\/shell\/(app\.tsx|boot\.css)|web\/screens\/address/ },
            // One chunk with all its dependencies: otherwise the lazy views would split them into many small ones.
            {
              name: 'shell',
              test: /web\/(?:apps|desktop|layers|screens|shell)\/(?!app\.tsx|boot\.css|address)|web\/ui\/form-fields/,
            },
          ],
        },
      },
    },
  },
});
