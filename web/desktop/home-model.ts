/** How paths and sizes of files are shown. */
import { bytes, fewBytes } from '../ui/format.ts';

/** A path on one line; control and direction characters are shown as code points. */
export function shownPath(path: string): string {
  return path.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (sign) => `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`);
}

export function sizeOf(count: number): string {
  return count < 1024 ? fewBytes(count) : bytes(count);
}
