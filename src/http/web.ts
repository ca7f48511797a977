/**
 * The browser's files, built into `web/dist`: hashed files are cached forever, pages never. Every page gets the path
 * prefix as its base.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply } from 'fastify';
import { DeskpodError } from '#domain/errors.ts';
import { compressAnswers } from './compress.ts';
import { NOTHING_HERE } from './errors.ts';

export interface WebOptions {
  readonly root: string;
  /** Path prefix of everything, with a slash at both ends. */
  readonly path: string;
  /** Folders with a page, `''` for the desktop's. */
  readonly pages: readonly string[];
}

export function webFiles({ root, path, pages }: WebOptions): FastifyPluginAsync {
  return async (app) => {
    // Rethrown for the server's own handler.
    app.setErrorHandler((error) => {
      throw isAboutPath(error) ? new DeskpodError('not_found', NOTHING_HERE, { cause: error }) : error;
    });
    await app.register(async (scope) => {
      await compressAnswers(scope);
      for (const folder of pages) servePage(scope, root, path, folder);
    });
    const [first = ''] = pages;
    if (!pages.includes('')) app.get('/', async (_request, reply) => reply.redirect(`${path}${first}/`, 308));
    if (path !== '/') app.get(path.slice(0, -1), async (_request, reply) => reply.redirect(path, 308));
    await app.register(fastifyStatic, {
      root,
      index: false,
      preCompressed: true,
      setHeaders: (response, file) => {
        const hashed = file.includes('/assets/');
        void response.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  };
}

/** Errors of the file system for arbitrary paths from clients. */
const NO_SUCH_FILE = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG', 'ELOOP']);

/** Files outside the folder and hidden files count as missing, too. */
function isAboutPath(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('statusCode' in error && error.statusCode === 403) return true;
  return 'code' in error && typeof error.code === 'string' && NO_SUCH_FILE.has(error.code);
}

function servePage(app: FastifyInstance, root: string, path: string, folder: string): void {
  const base = folder === '' ? path : `${path}${folder}/`;
  const url = folder === '' ? '/' : `/${folder}/`;
  const file = join(root, folder, 'index.html');
  const sendPage = async (reply: FastifyReply): Promise<FastifyReply> => {
    const html = await readFile(file, 'utf8').catch((cause: unknown) => {
      throw new DeskpodError('not_found', NOTHING_HERE, { cause });
    });
    return reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(withBase(html, base));
  };
  app.get(url, async (request, reply) => {
    // Relative URLs start at the folder.
    if (!(request.raw.url ?? '').replace(/\?.*$/, '').endsWith('/')) return reply.redirect(base, 308);
    return sendPage(reply);
  });
  if (folder === '') {
    // The page of one app is that of the desktop, which opens the app; so is the window of one screen.
    app.get('/app/:name', async (_request, reply) => sendPage(reply));
    app.get('/screen/:id', async (_request, reply) => sendPage(reply));
  }
  app.get(`${url}index.html`, async (_request, reply) => reply.redirect(base, 308));
}

/** Sets the base URL of the page. */
function withBase(html: string, base: string): string {
  return html.replace(/<head[^>]*>/i, (head) => `${head}<base href="${base}">`);
}
