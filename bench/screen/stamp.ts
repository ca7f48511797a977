/**
 * A number in a picture: 32 squares, black or white, that survive JPEG and H.264. The first 24 bits are the number, the last
 * eight a checksum, so that a picture that is painted only in part, or something else, isn't read as a number. The page reads
 * them with `page-stamps.ts`.
 */
export const SQUARE = 8;
export const BITS = 32;
export const STAMP = { width: SQUARE * BITS, height: SQUARE } as const;
/** Numbers are modulo this: as milliseconds, 4.6 hours. */
export const MODULUS = 2 ** 24;

/** Four bytes for each pixel: blue, green, red, unused. */
export function stamp(number: number): Buffer {
  const row = Buffer.alloc(STAMP.width * 4);
  for (const [bit, isSet] of bitsOf(number).entries())
    row.fill(isSet ? 0xff : 0, bit * SQUARE * 4, (bit + 1) * SQUARE * 4);
  return Buffer.concat(Array.from({ length: STAMP.height }, () => row));
}

/** The most significant bit first. */
export function bitsOf(number: number): boolean[] {
  const value = number % MODULUS;
  const word = value * 256 + checksum(value);
  return Array.from({ length: BITS }, (_, bit) => Math.floor(word / 2 ** (BITS - 1 - bit)) % 2 === 1);
}

/** Null if the checksum is another. */
export function numberOf(bits: readonly boolean[]): number | null {
  const word = bits.reduce((sum, isSet) => sum * 2 + Number(isSet), 0);
  const value = Math.floor(word / 256);
  return bits.length === BITS && word % 256 === checksum(value) ? value : null;
}

/** Neither black nor white alone is a number. */
function checksum(value: number): number {
  return ~(value ^ (value >> 8) ^ (value >> 16)) & 0xff;
}
