/** Makes program output fit for a text column. */

/** Replaces NUL, which PostgreSQL refuses and SQLite's tools cut at, and lone surrogates by U+FFFD. */
export function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}

/** The last `bytes` bytes of the text as UTF-8, starting at a whole character. */
export function endOf(text: string, bytes: number): string {
  const encoded = Buffer.from(text, 'utf8');
  if (encoded.length <= bytes) return text;
  let start = encoded.length - bytes;
  // Continuation bytes are 10xxxxxx, at most three in a row.
  while (((encoded[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return encoded.toString('utf8', start);
}
