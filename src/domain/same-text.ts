/** Compares secrets in constant time. */
import { createHash, timingSafeEqual } from 'node:crypto';

/** The time it takes says nothing about the texts, not even their length. */
export function sameText(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
