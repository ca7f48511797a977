/** While a server isn't ready, its pages say that it is starting and reload themselves. */
import type { FastifyPluginAsync } from 'fastify';

const AGAIN_SECONDS = 2;

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="${AGAIN_SECONDS}">
<title>Deskpod is starting</title>
<style>body { font: 16px/1.5 system-ui, sans-serif; display: grid; place-content: center; min-height: 90vh; text-align: center }</style>
</head>
<body>
<main role="status"><h1>Deskpod is starting…</h1><p>This page reloads by itself.</p></main>
</body>
</html>
`;

/** Calls `isStarting` for every request for a page. */
export function pagesOnceStarted(isStarting: () => boolean, pages: FastifyPluginAsync): FastifyPluginAsync {
  return async (app) => {
    app.addHook('onRequest', async (request, reply) => {
      if (!isStarting() || !(request.headers.accept ?? '').includes('text/html')) return;
      await reply
        .status(503)
        .header('retry-after', String(AGAIN_SECONDS))
        .header('cache-control', 'no-store')
        .type('text/html; charset=utf-8')
        .send(PAGE);
    });
    await app.register(pages);
  };
}
