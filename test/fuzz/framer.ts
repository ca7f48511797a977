/** Damages valid streams and invents others: a framer must refuse them with its own error, the same for any chunks. */
import assert from 'node:assert/strict';
import { Random } from '../fixtures/random.ts';
import { serverInit, serverStream } from '../fixtures/rfb-stream.ts';
import { frame } from '../fixtures/rfb-trace.ts';

export interface FuzzResult {
  /** Streams that were understood to their end. */
  readonly understood: number;
  readonly refused: number;
}

/** How many damaged copies are made of a valid stream. */
const COPIES = 50;
const MOST_RANDOM_BYTES = 60;

/** Throws if the framer does anything but understand or refuse; the message names what repeats the failure. */
export function fuzzFramer(inputs: number, seed: number, progress: (done: number) => void = () => {}): FuzzResult {
  const random = new Random(seed);
  let valid = serverStream(random, 2, true);
  let refused = 0;
  for (let done = 0; done < inputs; done += 1) {
    if (done % COPIES === 0) valid = serverStream(random, 1 + random.below(3), true);
    const invented = random.below(8) === 0;
    const init = invented ? serverInit() : valid.serverInit;
    const stream = invented ? random.bytes(random.below(MOST_RANDOM_BYTES)) : damaged(valid.bytes, random);
    if (check(init, stream, chunksOf(stream, random), `input ${done} of seed ${seed}`)) refused += 1;
    if (done % 100_000 === 99_999) progress(done + 1);
  }
  return { understood: inputs - refused, refused };
}

/** Returns whether the stream was refused. */
function check(init: Buffer, stream: Buffer, chunks: readonly Buffer[], name: string): boolean {
  const whole = frame(init, [stream]);
  const pieces = frame(init, chunks);
  const isSame =
    pieces.refused === whole.refused &&
    pieces.lines.join() === whole.lines.join() &&
    pieces.bytes.equals(whole.bytes) &&
    stream.subarray(0, whole.bytes.length).equals(whole.bytes);
  const repeat = (): string => `${name}: ${stream.toString('hex')} in ${chunks.map(({ length }) => length).join()}`;
  if (!isSame) assert.deepEqual(pieces, whole, repeat());
  assert.ok(isSame, 'the bytes differ from the stream');
  return whole.refused !== null;
}

export function damaged(valid: Buffer, random: Random): Buffer {
  const at = random.below(valid.length + 1);
  const length = 1 + random.below(8);
  const [before, after] = [valid.subarray(0, at), valid.subarray(at)];
  switch (random.below(4)) {
    case 0:
      return before;
    case 1:
      return Buffer.concat([before, after.subarray(length)]);
    case 2:
      return Buffer.concat([before, random.bytes(length), after]);
    default: {
      const changed = Buffer.from(valid);
      for (let left = length; left > 0 && valid.length > 0; left -= 1) {
        // Heads matter most, and are near the start.
        changed[random.below(random.below(2) === 0 ? Math.min(24, valid.length) : valid.length)] = random.below(256);
      }
      return changed;
    }
  }
}

export function chunksOf(stream: Buffer, random: Random): Buffer[] {
  const largest = random.oneOf([1, 3, 20, 1000]) ?? 1;
  const chunks: Buffer[] = [];
  for (let at = 0; at < stream.length;) {
    const end = at + 1 + random.below(largest);
    chunks.push(stream.subarray(at, end));
    at = end;
  }
  return chunks;
}
