/** Server-sent events (HTML Living Standard, section 9.2) on a Fastify reply. */
import { once } from 'node:events';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ignore } from '#protocol/ignore.ts';

/** Proxies close idle connections after a minute. */
const KEEP_ALIVE_MS = 25_000;
/** A client that is this far behind is disconnected; it reconnects and gets a snapshot. */
const MAX_BACKLOG_BYTES = 4 * 1024 * 1024;

/** Values that several streams get, such as an event for all pages of a user, become text only once. */
const texts = new WeakMap<object, Buffer>();

export interface EventStream {
  /** Aborts when the client disconnects. */
  readonly signal: AbortSignal;
  /** `data` must not change afterwards. */
  send(data: object, event?: string): void;
  /** As `send` for each, but at once. */
  sendAll(data: readonly object[]): void;
  /** Resolves when the client can take more. */
  drained(): Promise<void>;
  end(): void;
}

/** Throws `too_many_open` if the user has too many streams open. */
export function openEventStream(request: FastifyRequest, reply: FastifyReply): EventStream {
  const uncount = request.countStream?.();
  reply.hijack();
  const { raw } = reply;
  const gone = new AbortController();
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value);
  raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  raw.write('retry: 500\n\n');
  const keepAlive = setInterval(() => raw.write(': \n\n'), KEEP_ALIVE_MS).unref();
  const close = (): void => {
    clearInterval(keepAlive);
    uncount?.();
    gone.abort();
  };
  request.sessionEnded?.addEventListener('abort', () => raw.end(), { signal: gone.signal });
  if (request.sessionEnded?.aborted) queueMicrotask(() => raw.end());
  raw.on('error', close);
  request.raw.on('close', close);
  raw.on('close', close);
  // The client may already have disconnected: then there is no event.
  if (raw.destroyed) queueMicrotask(close);
  const write = (text: string | Buffer): void => {
    if (gone.signal.aborted) return;
    if (raw.writableLength > MAX_BACKLOG_BYTES) raw.destroy();
    else raw.write(text);
  };
  return {
    signal: gone.signal,
    send(data, event) {
      if (event !== undefined) write(`event: ${event}\n`);
      write(sharedText(data));
    },
    sendAll(data) {
      write(data.map(messageOf).join(''));
    },
    async drained() {
      if (!raw.writableNeedDrain || gone.signal.aborted) return;
      await once(raw, 'drain', { signal: gone.signal }).catch(ignore('the client closed the connection'));
    },
    end() {
      raw.end();
    },
  };
}

function messageOf(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

function sharedText(data: object): Buffer {
  const known = texts.get(data);
  if (known !== undefined) return known;
  const text = Buffer.from(messageOf(data));
  texts.set(data, text);
  return text;
}
