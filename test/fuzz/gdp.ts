/** Damages valid streams of an encoder and invents others: the reader must refuse them with its own error, the same for any chunks. */
import assert from 'node:assert/strict';
import { GdpError, GdpReader } from '#gateway/video/gdp.ts';
import { gdpBuffer, gdpCaps } from '../fixtures/gdp.ts';
import { Random } from '../fixtures/random.ts';
import { chunksOf, damaged, type FuzzResult } from './framer.ts';

const COPIES = 50;
const MOST_RANDOM_BYTES = 200;

/** Throws if the reader does anything but understand or refuse; the message names what repeats the failure. */
export function fuzzGdp(inputs: number, seed: number): FuzzResult {
  const random = new Random(seed);
  let valid = streamOf(random);
  let refused = 0;
  for (let done = 0; done < inputs; done += 1) {
    if (done % COPIES === 0) valid = streamOf(random);
    const stream = random.below(8) === 0 ? random.bytes(random.below(MOST_RANDOM_BYTES)) : damaged(valid, random);
    const whole = read([stream]);
    const pieces = read(chunksOf(stream, random));
    assert.deepEqual(pieces, whole, `input ${done} of seed ${seed}: ${stream.toString('hex')}`);
    if (whole.isRefused) refused += 1;
  }
  return { understood: inputs - refused, refused };
}

function read(chunks: readonly Buffer[]): { readonly frames: readonly string[]; readonly isRefused: boolean } {
  const frames: string[] = [];
  const reader = new GdpReader(({ isKey, ms, data }) => frames.push(`${isKey} ${ms} ${data.toString('hex')}`));
  try {
    for (const chunk of chunks) reader.push(chunk);
    return { frames, isRefused: false };
  } catch (error) {
    assert.ok(error instanceof GdpError);
    return { frames, isRefused: true };
  }
}

function streamOf(random: Random): Buffer {
  const packets = Array.from({ length: 1 + random.below(4) }, () =>
    random.below(3) === 0
      ? gdpCaps('video/x-h264')
      : gdpBuffer({
          isKey: random.below(2) === 0,
          ms: random.below(100_000),
          data: random.bytes(1 + random.below(100)),
        }),
  );
  return Buffer.concat(packets);
}
