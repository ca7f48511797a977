/**
 * The stream for the X library: the real one behind the frame check, with every error of the library's parser caught. An
 * error only destroys this connection, not the process.
 */
import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import { XFrameGuard } from './frames.ts';
import { toError } from '#domain/errors.ts';

/** Like a connected `net.Socket`, as far as the library needs it. Emits `close` once, with the reason or null. */
export class XTransport extends EventEmitter {
  readonly #socket: Duplex;
  readonly #guard = new XFrameGuard();
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
      this.#guard.check(chunk);
      this.emit('data', chunk);
    } catch (error) {
      this.destroy(toError(error));
    }
  }
}
