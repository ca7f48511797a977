/** Brotli or gzip for dynamic responses; static files are compressed when they are bundled. */
import { constants } from 'node:zlib';
import fastifyCompress from '@fastify/compress';
import type { FastifyInstance } from 'fastify';

/** Less fits into one packet. */
const WORTH_BYTES = 1024;
/** Faster and smaller than gzip; Brotli's best level only pays off for static files. */
const BROTLI_QUALITY = 4;
const CREDENTIALS = /\/(session|session\/extend|desktop\/ticket)$/;

/**
 * For the routes of this scope. Event streams aren't compressed, nor are responses with credentials, whose compressed
 * length could reveal something.
 */
export async function compressAnswers(app: FastifyInstance): Promise<void> {
  app.addHook('onRoute', (route) => {
    if ([route.method].flat().includes('POST') && CREDENTIALS.test(route.url)) route.compress = false;
  });
  await app.register(fastifyCompress, {
    threshold: WORTH_BYTES,
    // A small body may decompress to a huge one.
    globalDecompression: false,
    encodings: ['br', 'gzip'],
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } },
  });
}
