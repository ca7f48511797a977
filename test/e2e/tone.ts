/** A tone as a file, and how much of it is in samples. */

const LOUD = 24_000;

/**
 * A WAV file: one channel, 16 bit. The tone pauses twice a second: browsers suppress one that doesn't, as noise. `hertz` has a
 * whole number of periods in half a second, so the file can be repeated.
 */
export function wavOfTone(hertz: number, rate: number, seconds: number): Buffer {
  const samples = Buffer.alloc(rate * seconds * 2);
  for (let at = 0; at < rate * seconds; at++)
    if (at % (rate / 2) < rate / 4)
      samples.writeInt16LE(Math.round(LOUD * Math.sin((2 * Math.PI * hertz * at) / rate)), at * 2);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + samples.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}

/** Of 1. `bytes` are 16 bit samples of one channel, little endian. */
export function levelOfTone(bytes: Buffer, hertz: number, rate: number): number {
  const step = (2 * Math.PI * hertz) / rate;
  const count = Math.floor(bytes.length / 2);
  let [sine, cosine] = [0, 0];
  for (let at = 0; at < count; at++) {
    const sample = bytes.readInt16LE(at * 2) / 32_768;
    sine += sample * Math.sin(at * step);
    cosine += sample * Math.cos(at * step);
  }
  return (2 * Math.hypot(sine, cosine)) / count;
}
