/**
 * The stream for the X library: the real one behind the frame check, with every error of the library's parser caught. An
 * error only destroys this connection, not the process. It reads at a limited rate, because programs can make their X server
 * send events without end; those wait in the X server.
 */
import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import { toError } from '#domain/errors.ts';
import { Throttle } from '#domain/throttle.ts';
import { XFrameGuard } from './frames.ts';

/** The library needs a few microseconds for each; a desktop with hundreds of windows sends some thousands when it opens. */
const MESSAGES_PER_SECOND = 20_000;

/** Like a connected `net.Socket`, as far as the library needs it. Emits `close` once, with the reason or null. */
export class XTransport extends EventEmitter {
  readonly #socket: Duplex;
  readonly #guard = new XFrameGuard();
  readonly #throttle = new Throttle(MESSAGES_PER_SECOND);
  #reason: Error | null = null;

  constructor(socket: Duplex) {
    super();
    this.#socket = socket;
    socket.on('error', (error) => {
      this.#reason ??= error;
    });
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('drain', () => this.emit('drain'));
    socket.on('end', () => socket.destroy());
    socket.once('close', () => this.emit('close', this.#reason));
  }

  get destroyed(): boolean {
    return this.#socket.destroyed;
  }

  get writableEnded(): boolean {
    return this.#socket.writableEnded;
  }

  /** The library recycles its write buffers at once unless this is a number. */
  get writableLength(): number {
    return this.#socket.writableLength;
  }

  write(data: Buffer, done?: () => void): boolean {
    if (this.#socket.destroyed || this.#socket.writableEnded) return false;
    return this.#socket.write(data, done);
  }

  end(): void {
    this.#socket.end();
  }

  destroy(reason: Error | null): void {
    this.#reason ??= reason;
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    try {
      const before = this.#guard.messages;
      this.#guard.check(chunk);
      this.emit('data', chunk);
      this.#rest(this.#throttle.claim(this.#guard.messages - before));
    } catch (error) {
      this.destroy(toError(error));
    }
  }

  #rest(waitMs: number): void {
    if (waitMs === 0) return;
    this.#socket.pause();
    setTimeout(() => this.#socket.resume(), waitMs).unref();
  }
}
