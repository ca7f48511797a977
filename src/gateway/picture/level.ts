/** How Xvnc is told to encode the picture: without loss, or as JPEG. Pure. */
import type { Picture } from '#protocol/picture.ts';
import { COMPRESSION_0, COMPRESSION_9, ENCODING, QUALITY_0, QUALITY_9 } from '#gateway/rfb/encodings.ts';
import { encodingsOf } from '#gateway/rfb/messages.ts';

/** `low` is JPEG for slow links, where rectangles of up to 96 colours stay without loss. */
export type Level = 'lossless' | 'jpeg' | 'low';

interface Pseudo {
  /** Of JPEG, 0-9; null for none. */
  readonly quality: number | null;
  /** Of zlib; JPEG with 2 or more leaves rectangles of up to 96 colours to it, with less up to 24. */
  readonly compression: number;
}

const PSEUDO: Readonly<Record<Level, Pseudo>> = {
  lossless: { quality: null, compression: 1 },
  jpeg: { quality: 7, compression: 2 },
  low: { quality: 4, compression: 6 },
};

/** How long JPEG lasts at least before moving content is sent without loss again; doubled each time it is still photographic. */
const FIRST_TRY_MS = 2_000;
const LAST_TRY_MS = 32_000;

export interface Circumstances {
  readonly picture: Picture;
  readonly isSlow: boolean;
  /** The viewer has got pixels; before that, nothing is known of its link. */
  readonly hasPainted: boolean;
  /** Much was painted in the last half second. */
  readonly isMoving: boolean;
  readonly isPhotographic: boolean;
  /** The same from less: each lossless update of a photo costs as much as several of JPEG. */
  readonly isStillPhotographic: boolean;
}

/** Decides the level for a viewer, with hysteresis. */
export class Levels {
  #level: Level = 'lossless';
  #since = 0;
  #tryMs = FIRST_TRY_MS;

  decide(circumstances: Circumstances, now: number): Level {
    const { picture, isSlow, hasPainted, isMoving } = circumstances;
    if (picture === 'sharp') return this.#enter('lossless', now);
    if (picture === 'frugal' || isSlow) return this.#enter('low', now);
    // The link may be slow, and how slow isn't known before the first picture has passed.
    if (!hasPainted) return 'jpeg';
    if (!isMoving) {
      this.#tryMs = FIRST_TRY_MS;
      return this.#enter('lossless', now);
    }
    if (this.#level === 'low') return this.#enter('jpeg', now);
    const { isPhotographic, isStillPhotographic } = circumstances;
    const isTry = this.#tryMs > FIRST_TRY_MS;
    if (this.#level === 'lossless' && (isTry ? isStillPhotographic : isPhotographic)) return this.#enter('jpeg', now);
    if (this.#level === 'jpeg' && now - this.#since >= this.#tryMs) {
      this.#tryMs = Math.min(LAST_TRY_MS, this.#tryMs * 2);
      return this.#enter('lossless', now);
    }
    return this.#level;
  }

  #enter(level: Level, now: number): Level {
    if (level !== this.#level) this.#since = now;
    return (this.#level = level);
  }
}

/** The viewer's SetEncodings without CopyRect: what it has of the screen may be old. */
export function withoutCopies(setEncodings: Buffer): Buffer {
  return messageOf(encodingsOf(setEncodings).filter((encoding) => encoding !== ENCODING.copyRect));
}

/** The viewer's SetEncodings with the quality and compression of the level; the same if it accepts no JPEG. */
export function withLevel(setEncodings: Buffer, level: Level): Buffer {
  const encodings = encodingsOf(setEncodings);
  if (!encodings.some(isQuality)) return setEncodings;
  const { quality, compression } = PSEUDO[level];
  const kept = encodings.filter((encoding) => !isQuality(encoding) && !isCompression(encoding));
  return messageOf([...kept, COMPRESSION_0 + compression, ...(quality === null ? [] : [QUALITY_0 + quality])]);
}

function messageOf(encodings: readonly number[]): Buffer {
  const message = Buffer.alloc(4 + 4 * encodings.length);
  message.writeUInt8(2, 0);
  message.writeUInt16BE(encodings.length, 2);
  encodings.forEach((encoding, index) => message.writeInt32BE(encoding, 4 + 4 * index));
  return message;
}

function isQuality(encoding: number): boolean {
  return encoding >= QUALITY_0 && encoding <= QUALITY_9;
}

function isCompression(encoding: number): boolean {
  return encoding >= COMPRESSION_0 && encoding <= COMPRESSION_9;
}
