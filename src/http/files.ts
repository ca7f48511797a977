/** `/files/` and `/dav/`: passes requests for files to the gateway, without reading their bodies, and sends its answers. */
import type { IncomingMessage } from 'node:http';
import type { Writable } from 'node:stream';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { ignore } from '#protocol/ignore.ts';
import { withoutRequestTimeout } from './client-error.ts';
import { protect } from './protection.ts';

/** Of WebDAV (RFC 4918): those that the gateway knows, and those that it refuses. */
const METHODS = ['PROPFIND', 'MKCOL', 'MOVE', 'COPY', 'PROPPATCH', 'LOCK', 'UNLOCK'];

/** Of a refused upload: a part of one has no more. */
const MOST_DISCARDED_BYTES = 64 * 1024 * 1024;

export interface FilesGateway {
  /** Rejects with `DeskpodError`. */
  answer(request: IncomingMessage): Promise<{
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    /** A function sends the body itself, and rejects if it breaks off. */
    readonly body: string | ((sink: Writable) => Promise<void>) | null;
  }>;
}

export function filesRoutes(current: () => FilesGateway, root: '/files' | '/dav' = '/files'): FastifyPluginAsync {
  return async (app) => {
    for (const method of METHODS)
      if (!app.supportedMethods.includes(method)) app.addHttpMethod(method, { hasBody: true });
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', (_request, _payload, done) => done(null));
    const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const { raw } = request;
      const withTimeout = withoutRequestTimeout(raw.socket);
      try {
        const { status, headers, body } = await current().answer(raw);
        void reply.status(status).headers(headers);
        if (typeof body !== 'function') return await reply.send(body ?? undefined);
        await sendStream(request, reply, body);
        return reply;
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

/** Not as a stream of Fastify: that costs a copy of each chunk, and doesn't say when it is written. */
async function sendStream(
  request: FastifyRequest,
  reply: FastifyReply,
  body: (sink: Writable) => Promise<void>,
): Promise<void> {
  protect(request, reply);
  reply.hijack();
  const { raw } = reply;
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value);
  raw.statusCode = reply.statusCode;
  try {
    await body(raw);
    raw.end();
  } catch (error) {
    ignore('the browser sees that the download broke off')(error);
    raw.destroy();
  }
}
