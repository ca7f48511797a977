/** `/files/` and `/dav/`: passes requests for files to the gateway, without reading their bodies, and sends its answers. */
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { withoutRequestTimeout } from './client-error.ts';

/** Of WebDAV (RFC 4918): those that the gateway knows, and those that it refuses. */
const METHODS = ['PROPFIND', 'MKCOL', 'MOVE', 'COPY', 'PROPPATCH', 'LOCK', 'UNLOCK'];

/** Of a refused upload: a part of one has no more. */
const MOST_DISCARDED_BYTES = 64 * 1024 * 1024;

export interface FilesGateway {
  /** Rejects with `DeskpodError`. */
  answer(request: IncomingMessage): Promise<{
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Readable | string | null;
  }>;
}

export function filesRoutes(current: () => FilesGateway, root: '/files' | '/dav' = '/files'): FastifyPluginAsync {
  return async (app) => {
    for (const method of METHODS)
      if (!app.supportedMethods.includes(method)) app.addHttpMethod(method, { hasBody: true });
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', (_request, _payload, done) => done(null));
    const handler = async ({ raw }: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const withTimeout = withoutRequestTimeout(raw.socket);
      try {
        const { status, headers, body } = await current().answer(raw);
        return await reply
          .status(status)
          .headers(headers)
          .send(body ?? undefined);
      } catch (error) {
        // Node would read a body to its end, whatever its length, before the next request.
        if (!raw.complete && Number(raw.headers['content-length'] ?? 0) > MOST_DISCARDED_BYTES)
          void reply.header('connection', 'close');
        throw error;
      } finally {
        withTimeout();
      }
    };
    for (const url of [root, `${root}/*`]) app.all(url, handler);
  };
}
