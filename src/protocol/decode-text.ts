/**
 * Decodes text from files and requests: UTF-8 or UTF-16, by the byte order mark, a given charset, or the first bytes of
 * JSON and YAML. Invalid bytes are refused with their position, never replaced.
 */

export const CHARSETS = ['utf-8', 'utf-16', 'utf-16le', 'utf-16be', 'iso-8859-1', 'us-ascii'] as const;

const DECODERS: Readonly<Record<string, string>> = {
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  'us-ascii': 'utf-8',
  ascii: 'utf-8',
  'utf-16': 'utf-16',
  'utf-16le': 'utf-16le',
  'utf-16be': 'utf-16be',
  'iso-8859-1': 'latin1',
  latin1: 'latin1',
  'windows-1252': 'latin1',
};
const MARKS: readonly (readonly [mark: readonly number[], encoding: string])[] = [
  [[0xff, 0xfe, 0, 0], 'utf-32'],
  [[0, 0, 0xfe, 0xff], 'utf-32'],
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
];

/** The charset is not one of `CHARSETS`. */
export class CharsetError extends Error {}

/** Bytes that are invalid in their encoding; the message names the position. */
export class EncodingError extends Error {}

/**
 * The encoding of a text with these first bytes, four or all of them, as a label for `TextDecoder`. Throws `CharsetError`,
 * or `EncodingError` for UTF-32.
 */
export function encodingOf(bytes: Uint8Array, charset: string | null): string {
  const encoding = markedAs(bytes) ?? (charset === null ? guessed(bytes) : named(charset, bytes));
  if (encoding === 'utf-32') throw new EncodingError('The text is UTF-32. Save it as UTF-8.');
  return encoding;
}

/** Without the byte order mark. Throws `CharsetError` or `EncodingError`. */
export function decodeText(bytes: Uint8Array, charset: string | null = null): string {
  const encoding = encodingOf(bytes, charset);
  const decoder = () => new TextDecoder(encoding, { fatal: true });
  try {
    return decoder().decode(bytes);
  } catch (cause) {
    const at = firstFault(bytes, decoder);
    const line = decoder().decode(bytes.subarray(0, at), { stream: true }).split('\n').length;
    const byte = (bytes[at] ?? 0).toString(16).toUpperCase().padStart(2, '0');
    throw new EncodingError(
      `The text is not valid ${encoding.toUpperCase()}: line ${line}, byte ${at + 1} (0x${byte}). Save it as UTF-8.`,
      { cause },
    );
  }
}

function markedAs(bytes: Uint8Array): string | null {
  return MARKS.find(([mark]) => mark.every((byte, index) => bytes[index] === byte))?.[1] ?? null;
}

/** JSON and YAML start with an ASCII character, which UTF-16 pads with a zero byte. */
function guessed([first, second]: Uint8Array): string {
  if (first !== undefined && second !== undefined) {
    if (first !== 0 && second === 0) return 'utf-16le';
    if (first === 0 && second !== 0) return 'utf-16be';
  }
  return 'utf-8';
}

function named(charset: string, bytes: Uint8Array): string {
  const encoding = DECODERS[charset.trim().toLowerCase()];
  if (encoding === undefined) {
    throw new CharsetError(
      `The charset ${charset.slice(0, 40)} is not understood: send one of ${CHARSETS.join(', ')}.`,
    );
  }
  if (encoding !== 'utf-16') return encoding;
  return guessed(bytes) === 'utf-16be' ? 'utf-16be' : 'utf-16le';
}

/** The index of the first invalid byte. */
function firstFault(bytes: Uint8Array, decoder: () => InstanceType<typeof TextDecoder>): number {
  const reads = (end: number, stream: boolean): boolean => {
    try {
      decoder().decode(bytes.subarray(0, end), { stream });
      return true;
    } catch (error) {
      // The first invalid byte is at this index.
      if (error instanceof TypeError) return false;
      throw error;
    }
  };
  let [sound, faulty] = [0, bytes.length];
  while (faulty - sound > 1) {
    const middle = (sound + faulty) >> 1;
    if (reads(middle, true)) sound = middle;
    else faulty = middle;
  }
  // The error includes an incomplete character before it.
  while (sound > 0 && !reads(sound, false)) sound -= 1;
  return sound;
}
