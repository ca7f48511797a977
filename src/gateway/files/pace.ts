/**
 * Moves the bytes of a transfer with back-pressure, and waits while the same user's screen is behind: keys and frames come
 * first on a link that both share. A transfer still moves, at 64 kB in 100 ms. It ends if no bytes come for a while.
 */
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { DeskpodError } from '#domain/errors.ts';

const LOOK_MS = 10;
/** The longest wait after each chunk. */
const MOST_LOOKS = 10;

export interface PaceOptions {
  /** Whether a screen of the user has bytes waiting. */
  readonly isBehind: () => boolean;
  /** How long no bytes may come. */
  readonly idleMs: number;
  /** Ends the transfer. */
  readonly signal: AbortSignal;
}

export class Pace {
  /** Moved so far. */
  bytes = 0;
  readonly #options: PaceOptions;

  constructor(options: PaceOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the sink has written everything; doesn't end it. With `isOwned`, nobody else has the chunks of the source,
   * and their memory is given back. Neither is destroyed here.
   */
  async move(source: Readable, sink: Writable, isOwned = false): Promise<void> {
    const { isBehind, idleMs, signal } = this.#options;
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const idle = setTimeout(() => reject(stalled(idleMs)), idleMs).unref();
    let looking: NodeJS.Timeout | undefined;
    let isFull = false;
    let unwritten = 0;
    let hasEnded = false;

    const written = (chunk: Buffer): void => {
      if (isOwned) release(chunk);
      unwritten -= 1;
      if (hasEnded && unwritten === 0) resolve();
    };
    const goOn = (): void => {
      if (looking === undefined && !isFull) source.resume();
    };
    const look = (looks: number): void => {
      looking = looks > 0 && isBehind() ? setTimeout(look, LOOK_MS, looks - 1) : undefined;
      goOn();
    };
    const take = (chunk: Buffer): void => {
      idle.refresh();
      this.bytes += chunk.length;
      unwritten += 1;
      isFull = !sink.write(chunk, () => written(chunk));
      if (isBehind()) looking ??= setTimeout(look, LOOK_MS, MOST_LOOKS - 1);
      if (isFull || looking !== undefined) source.pause();
    };
    const listeners = {
      source: {
        data: take,
        end: () => {
          hasEnded = true;
          if (unwritten === 0) resolve();
        },
        error: reject,
        close: () => hasEnded || reject(new Error('the source closed before its end')),
      },
      sink: {
        drain: () => {
          isFull = false;
          goOn();
        },
        error: reject,
        close: () => reject(new Error('the sink closed before everything was written')),
      },
    };
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    for (const [name, listener] of Object.entries(listeners.sink)) sink.on(name, listener);
    for (const [name, listener] of Object.entries(listeners.source)) source.on(name, listener);
    if (source.destroyed || sink.destroyed) reject(new Error('the transfer was broken off'));
    try {
      await promise;
    } finally {
      clearTimeout(idle);
      clearTimeout(looking);
      signal.removeEventListener('abort', abort);
      for (const [name, listener] of Object.entries(listeners.sink)) sink.off(name, listener);
      for (const [name, listener] of Object.entries(listeners.source)) source.off(name, listener);
      if (!hasEnded) source.pause();
    }
  }
}

/** Nothing else reads what the socket has given to those who listen already. */
export function releaseAfterRead(socket: unknown): void {
  if (socket instanceof Socket) socket.on('data', release);
}

/**
 * Node allocates memory for each read. Left to the garbage collector, that of a fast transfer costs a collection of the
 * whole heap for each 30 MB, which delays all screens.
 */
function release({ buffer, byteLength }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}

function stalled(ms: number): DeskpodError {
  return new DeskpodError('timeout', `No bytes of the file came for ${Math.round(ms / 1000)} s.`, {
    remedy: 'Resume the transfer.',
  });
}
