/** What the bench lets programs play, as raw samples, and reads back: 48 kHz, 16 bit, two channels. Pure. */
import { SOUND_RATE } from '#protocol/sound-frames.ts';

/** Of both channels. */
export const SAMPLE_BYTES = 4;
export const FULL_SCALE = 32_768;

/** Of the tone. A frame of 10 ms isn't a whole number of periods, so one that is left out shows; a second is, so that it can be repeated. */
export const HERTZ = 437;
/** Below what {@link Block.loudAt} calls loud, and above it. */
export const TONE = 8_000;
export const LOUD = 24_000;
/** Beside clicks, so that silence isn't left out between them. */
const QUIET = 300;
const CLICK_MS = 5;
const CLICK_HERTZ = 1_000;

export function tone(seconds: number, loud: number): Buffer {
  return raw(seconds * SOUND_RATE, (at) => loud * wave(at, HERTZ));
}

/** A short click after each of the pauses, in milliseconds, over a quiet tone. */
export function clicks(pausesMs: readonly number[]): Buffer {
  const perMs = SOUND_RATE / 1000;
  const starts = pausesMs.map((_, at) => pausesMs.slice(0, at + 1).reduce((sum, pause) => sum + pause, 0) * perMs);
  const end = (starts.at(-1) ?? 0) + CLICK_MS * perMs;
  const loud = new Set(starts.flatMap((start) => Array.from({ length: CLICK_MS * perMs }, (_, at) => start + at)));
  return raw(end, (at) => (loud.has(at) ? LOUD * wave(at, CLICK_HERTZ) : QUIET * wave(at, HERTZ)));
}

/** The left channel, of 1. */
export function leftOf(bytes: Buffer): Float32Array {
  return Float32Array.from({ length: Math.floor(bytes.length / SAMPLE_BYTES) }, (_, at) => {
    return bytes.readInt16LE(at * SAMPLE_BYTES) / FULL_SCALE;
  });
}

function raw(count: number, sampleAt: (at: number) => number): Buffer {
  const bytes = Buffer.alloc(count * SAMPLE_BYTES);
  for (let at = 0; at < count; at += 1) {
    const sample = Math.round(sampleAt(at));
    bytes.writeInt16LE(sample, at * SAMPLE_BYTES);
    bytes.writeInt16LE(sample, at * SAMPLE_BYTES + 2);
  }
  return bytes;
}

function wave(at: number, hertz: number): number {
  return Math.sin((2 * Math.PI * hertz * at) / SOUND_RATE);
}
