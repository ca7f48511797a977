/** The size of a text in a clipboard message. Pure. */
import { MAX_CLIPBOARD_BYTES } from '#protocol/screen.ts';

/** The extended clipboard carries UTF-8 with CRLF at the end of each line and a final NUL. */
export function clipboardBytes(text: string): number {
  const lone = text.match(/\r(?!\n)|(?<!\r)\n/g)?.length ?? 0;
  return new TextEncoder().encode(text).length + lone + 1;
}

export function isTooLarge(text: string): boolean {
  // Each code unit is at least one byte: avoids counting a text that is far too large.
  return text.length >= MAX_CLIPBOARD_BYTES || clipboardBytes(text) > MAX_CLIPBOARD_BYTES;
}
