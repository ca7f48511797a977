/**
 * Endpoints of the speed test: a download that can't be compressed, an upload, and an empty response. It needs no login,
 * so it is limited per address and only for Deskpod's own page.
 */
import { randomBytes, randomInt } from 'node:crypto';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import fastifyRateLimit from '@fastify/rate-limit';
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { isFromOwnPage } from '#domain/server/authority.ts';
import { DeskpodError } from '#domain/errors.ts';

const MOST_BYTES = 1024 ** 3;
const CHUNK_BYTES = 64 * 1024;
const POOL_BYTES = 2 * 1024 * 1024;
/** For one address at the same time; a browser opens six. */
const MOST_TRANSFERS = 8;
/** For one address; a test takes a few dozen. */
const REQUESTS_PER_MINUTE = 600;
/** A longer transfer is aborted. */
const LONGEST_MS = 120_000;

export function speedTest(): FastifyPluginAsync {
  const transfers = new Transfers();
  return async (app) => {
    await app.register(fastifyRateLimit, { max: REQUESTS_PER_MINUTE, timeWindow: '1 minute' });
    app.addHook('onRequest', async (request) => refuseOtherSites(request));
    // Bodies are only counted.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    await app.register(routes(transfers), { prefix: '/speedtest' });
  };
}

function routes(transfers: Transfers): FastifyPluginAsyncZod {
  const querystring = z.object({ bytes: z.coerce.number().int().min(1).max(MOST_BYTES) });
  return async (app) => {
    app.get('/ping', async (_request, reply) => reply.header('cache-control', 'no-store').status(204).send(null));

    app.get('/garbage', { schema: { querystring } }, async (request, reply) => {
      const end = transfers.begin(request.ip);
      reply.raw.once('close', end);
      const late = AbortSignal.timeout(LONGEST_MS);
      const { bytes } = request.query;
      const stream = Readable.from(garbage(bytes), { objectMode: false, highWaterMark: CHUNK_BYTES, signal: late });
      return reply
        .header('cache-control', 'no-store')
        .header('content-length', bytes)
        .type('application/octet-stream')
        .send(stream);
    });

    const answer = z.object({ bytes: z.number() });
    app.post('/upload', { bodyLimit: MOST_BYTES, schema: { response: { 200: answer } } }, async (request, reply) => {
      using _ = transfers.hold(request.ip);
      void reply.header('cache-control', 'no-store');
      return { bytes: request.body instanceof Readable ? await discarded(request.body) : 0 };
    });
  };
}

function* garbage(bytes: number): Generator<Buffer> {
  const pool = randomBytes(Math.min(POOL_BYTES, Math.max(bytes, 2 * CHUNK_BYTES)));
  let from = 0;
  for (let left = bytes; left > 0; left -= CHUNK_BYTES) {
    const size = Math.min(left, CHUNK_BYTES);
    // The data repeats only after a distance that compressors don't look back.
    if (from + size > pool.length) from = randomInt(CHUNK_BYTES);
    yield pool.subarray(from, from + size);
    from += size;
  }
}

async function discarded(body: Readable): Promise<number> {
  let bytes = 0;
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) done(new DeskpodError('payload_too_large', 'You can send at most 1 GiB at once.'));
      else done();
    },
  });
  await pipeline(body, sink, { signal: AbortSignal.timeout(LONGEST_MS) }).catch((cause: unknown) => {
    if (cause instanceof DeskpodError) throw cause;
    throw new DeskpodError('invalid_request', 'The upload was interrupted.', { cause });
  });
  return bytes;
}

/** Counts the transfers of each address. */
class Transfers {
  readonly #running = new Map<string, number>();

  /** Returns a function that ends the transfer; `too_many_attempts` if there are too many. */
  begin(address: string): () => void {
    const running = this.#running.get(address) ?? 0;
    if (running >= MOST_TRANSFERS) {
      throw new DeskpodError(
        'too_many_attempts',
        `More than ${MOST_TRANSFERS} speed tests are running from your address.`,
        {
          remedy: 'Wait until they finish.',
        },
      );
    }
    this.#running.set(address, running + 1);
    return () => {
      const left = (this.#running.get(address) ?? 1) - 1;
      if (left === 0) this.#running.delete(address);
      else this.#running.set(address, left);
    };
  }

  hold(address: string): Disposable {
    return { [Symbol.dispose]: this.begin(address) };
  }
}

/** Browsers send the origin of a request; command-line tools don't. */
function refuseOtherSites({ headers }: FastifyRequest): void {
  const { 'sec-fetch-site': site } = headers;
  if (site === 'cross-site' || site === 'same-site' || !isFromOwnPage(headers)) {
    throw new DeskpodError('forbidden', 'Only the page of this server may use the speed test.');
  }
}
