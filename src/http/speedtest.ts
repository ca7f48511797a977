/**
 * Endpoints of the speed test: a download that can't be compressed, an upload, and an empty response. They are for
 * logged-in users of Deskpod's own page. All transfers of a process share one rate, since they share its event loop with
 * everybody's screens.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { randomBytes, randomInt } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import fastifyRateLimit from '@fastify/rate-limit';
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { isFromOwnPage } from '#domain/server/authority.ts';
import { DeskpodError } from '#domain/errors.ts';
import { Throttle } from '#domain/throttle.ts';

/** Of one request: the page sends and receives larger amounts in several. */
const MOST_BYTES = 64 * 1024 ** 2;
/** Of all transfers together: 1 Gbit/s, which costs a few percent of a core. */
const BYTES_PER_SECOND = 125_000_000;
const CHUNK_BYTES = 64 * 1024;
const POOL_BYTES = 2 * 1024 * 1024;
/** For one user at the same time; a browser opens six. */
const MOST_TRANSFERS = 8;
/** Of one user; a test makes about a hundred. */
const REQUESTS_PER_MINUTE = 600;
/** A longer transfer is aborted. */
const LONGEST_MS = 120_000;

declare module 'fastify' {
  interface FastifyRequest {
    /** Whom the limits of the speed test count: a user, or an address where there are no sessions. */
    measuredBy: string;
  }
}

export interface SpeedTestOptions {
  /** The user whose session sends these headers, or null; without this function, nobody needs a session. */
  readonly userOf: ((headers: IncomingHttpHeaders) => Promise<string | null>) | null;
  readonly bytesPerSecond?: number;
}

export function speedTest({ userOf, bytesPerSecond = BYTES_PER_SECOND }: SpeedTestOptions): FastifyPluginAsync {
  const work: Work = {
    transfers: new Transfers(),
    throttle: new Throttle(bytesPerSecond),
    pool: randomBytes(POOL_BYTES),
  };
  return async (app) => {
    app.decorateRequest('measuredBy', '');
    app.addHook('onRequest', async (request) => {
      refuseOtherSites(request);
      const user = await userOf?.(request.headers);
      if (user === null) {
        throw new DeskpodError('not_authenticated', 'The speed test is for logged-in users.', {
          remedy: 'Log in to this server in the same browser, then try again.',
        });
      }
      request.measuredBy = user === undefined ? request.ip : `user ${user}`;
    });
    await app.register(fastifyRateLimit, {
      max: REQUESTS_PER_MINUTE,
      timeWindow: '1 minute',
      keyGenerator: ({ measuredBy }) => measuredBy,
    });
    // Bodies are only counted.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    await app.register(routes(work), { prefix: '/speedtest' });
  };
}

interface Work {
  readonly transfers: Transfers;
  readonly throttle: Throttle;
  /** Random bytes, which nothing can compress; drawing fresh ones for each transfer would block others. */
  readonly pool: Buffer;
}

function routes({ transfers, throttle, pool }: Work): FastifyPluginAsyncZod {
  const querystring = z.object({ bytes: z.coerce.number().int().min(1).max(MOST_BYTES) });
  return async (app) => {
    app.get('/ping', async (_request, reply) => reply.header('cache-control', 'no-store').status(204).send(null));

    app.get('/garbage', { schema: { querystring } }, async (request, reply) => {
      const end = transfers.begin(request.measuredBy);
      reply.raw.once('close', end);
      const late = AbortSignal.timeout(LONGEST_MS);
      const { bytes } = request.query;
      const stream = Readable.from(garbage(bytes, { throttle, pool }, late), {
        objectMode: false,
        highWaterMark: CHUNK_BYTES,
        signal: late,
      });
      return reply
        .header('cache-control', 'no-store')
        .header('content-length', bytes)
        .type('application/octet-stream')
        .send(stream);
    });

    const answer = z.object({ bytes: z.number() });
    app.post('/upload', { bodyLimit: MOST_BYTES, schema: { response: { 200: answer } } }, async (request, reply) => {
      using _ = transfers.hold(request.measuredBy);
      void reply.header('cache-control', 'no-store');
      return { bytes: request.body instanceof Readable ? await discarded(request.body, throttle) : 0 };
    });
  };
}

async function* garbage(
  bytes: number,
  { throttle, pool }: Pick<Work, 'throttle' | 'pool'>,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  let from = randomInt(CHUNK_BYTES);
  for (let left = bytes; left > 0; left -= CHUNK_BYTES) {
    const size = Math.min(left, CHUNK_BYTES);
    // The data repeats only after a distance that compressors don't look back.
    if (from + size > pool.length) from = randomInt(CHUNK_BYTES);
    await throttle.take(size, signal);
    yield pool.subarray(from, from + size);
    from += size;
  }
}

async function discarded(body: Readable, throttle: Throttle): Promise<number> {
  let bytes = 0;
  const late = AbortSignal.timeout(LONGEST_MS);
  const count = async (pieces: AsyncIterable<unknown>): Promise<void> => {
    for await (const piece of pieces) {
      if (!Buffer.isBuffer(piece)) continue;
      bytes += piece.length;
      if (bytes > MOST_BYTES) throw new DeskpodError('payload_too_large', 'You can send at most 64 MiB at once.');
      await throttle.take(piece.length, late);
    }
  };
  await pipeline(body, count, { signal: late }).catch((cause: unknown) => {
    if (cause instanceof DeskpodError) throw cause;
    throw new DeskpodError('invalid_request', 'The upload was interrupted.', { cause });
  });
  return bytes;
}

/** Counts the transfers of each user. */
class Transfers {
  readonly #running = new Map<string, number>();

  /** Returns a function that ends the transfer; `too_many_attempts` if there are too many. */
  begin(who: string): () => void {
    const running = this.#running.get(who) ?? 0;
    if (running >= MOST_TRANSFERS) {
      throw new DeskpodError(
        'too_many_attempts',
        `More than ${MOST_TRANSFERS} transfers of speed tests are running for you.`,
        {
          remedy: 'Wait until they finish.',
        },
      );
    }
    this.#running.set(who, running + 1);
    return () => {
      const left = (this.#running.get(who) ?? 1) - 1;
      if (left === 0) this.#running.delete(who);
      else this.#running.set(who, left);
    };
  }

  hold(who: string): Disposable {
    return { [Symbol.dispose]: this.begin(who) };
  }
}

/** Browsers send the origin of a request; command-line tools don't. */
function refuseOtherSites({ headers }: FastifyRequest): void {
  const { 'sec-fetch-site': site } = headers;
  if (site === 'cross-site' || site === 'same-site' || !isFromOwnPage(headers)) {
    throw new DeskpodError('forbidden', 'Only the page of this server may use the speed test.');
  }
}
