/**
 * Passes the bytes of a transfer on, and waits while the same user's screen is behind: keys and frames come first on a link
 * that both share. A transfer still moves, at 64 kB in 100 ms. It ends if no bytes come for a while.
 */
import { Transform, type TransformCallback } from 'node:stream';
import { DeskpodError } from '#domain/errors.ts';

const CHUNK_BYTES = 64 * 1024;
const LOOK_MS = 10;
/** The longest wait for each chunk. */
const MOST_LOOKS = 10;

export interface PaceOptions {
  /** Whether a screen of the user has bytes waiting. */
  readonly isBehind: () => boolean;
  /** How long no bytes may come. */
  readonly idleMs: number;
}

export class Pace extends Transform {
  bytes = 0;
  readonly #options: PaceOptions;
  readonly #idle: NodeJS.Timeout;
  #waiting: NodeJS.Timeout | undefined;

  constructor(options: PaceOptions) {
    super({ readableHighWaterMark: CHUNK_BYTES, writableHighWaterMark: CHUNK_BYTES });
    this.#options = options;
    this.#idle = setTimeout(() => this.destroy(stalled(options.idleMs)), options.idleMs).unref();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#idle.refresh();
    this.#pass(chunk, done, MOST_LOOKS);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#idle);
    clearTimeout(this.#waiting);
    done(error);
  }

  #pass(chunk: Buffer, done: TransformCallback, looks: number): void {
    if (looks > 0 && this.#options.isBehind()) {
      this.#waiting = setTimeout(() => this.#pass(chunk, done, looks - 1), LOOK_MS);
      return;
    }
    this.bytes += chunk.length;
    done(null, chunk);
  }
}

function stalled(ms: number): DeskpodError {
  return new DeskpodError('timeout', `No bytes of the file came for ${Math.round(ms / 1000)} s.`, {
    remedy: 'Resume the transfer.',
  });
}
