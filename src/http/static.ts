/** The browser's files, built into `web/dist`: hashed ones are kept for ever, the page itself never. */
import fastifyStatic from '@fastify/static';
import type { FastifyPluginAsync } from 'fastify';

export function webFiles(root: string): FastifyPluginAsync {
  return async (app) => {
    await app.register(fastifyStatic, {
      root,
      preCompressed: false,
      setHeaders: (response, path) => {
        const hashed = path.includes('/assets/');
        void response.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  };
}
