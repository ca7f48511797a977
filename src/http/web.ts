/**
 * The browser's files, built into `web/dist`: hashed ones are kept for ever, pages never. Every page learns below which
 * path it is published.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { DeskpodError } from '#domain/errors.ts';

export interface WebOptions {
  readonly root: string;
  /** Below which everything is published, with a slash at both ends. */
  readonly path: string;
  /** Folders with a page of their own, `''` for the desktop's. */
  readonly pages: readonly string[];
}

export function webFiles({ root, path, pages }: WebOptions): FastifyPluginAsync {
  return async (app) => {
    for (const folder of pages) servePage(app, root, path, folder);
    const [first = ''] = pages;
    if (!pages.includes('')) app.get('/', async (_request, reply) => reply.redirect(`${path}${first}/`, 308));
    if (path !== '/') app.get(path.slice(0, -1), async (_request, reply) => reply.redirect(path, 308));
    await app.register(fastifyStatic, {
      root,
      index: false,
      preCompressed: false,
      setHeaders: (response, file) => {
        const hashed = file.includes('/assets/');
        void response.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  };
}

function servePage(app: FastifyInstance, root: string, path: string, folder: string): void {
  const base = folder === '' ? path : `${path}${folder}/`;
  const url = folder === '' ? '/' : `/${folder}/`;
  const file = join(root, folder, 'index.html');
  app.get(url, async (request, reply) => {
    // Relative addresses are meant from the folder.
    if (!(request.raw.url ?? '').replace(/\?.*$/, '').endsWith('/')) return reply.redirect(base, 308);
    const html = await readFile(file, 'utf8').catch((cause: unknown) => {
      throw new DeskpodError('not_found', 'There is nothing here.', { cause });
    });
    return reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(withBase(html, base));
  });
  app.get(`${url}index.html`, async (_request, reply) => reply.redirect(base, 308));
}

/** What every address in the page is relative to. */
function withBase(html: string, base: string): string {
  return html.replace(/<head[^>]*>/i, (head) => `${head}<base href="${base}">`);
}
