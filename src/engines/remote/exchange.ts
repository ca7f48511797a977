/** One call on its connection, which stays open afterwards for a command. */
import type { Socket } from 'node:net';
import { toError } from '#domain/errors.ts';
import { errorIn, gone } from './answers.ts';
import { type Frame, frame, FrameReader, KIND, MAX_ANSWER_BYTES } from './frames.ts';

/** For the engine process to undo what was aborted. */
const UNDO_MS = 60_000;

/** Who gets the messages of the engine process. */
export interface Receiver {
  frame(frame: Frame): void;
  /** The connection is closed. */
  ended(cause?: Error): void;
}

export class Exchange {
  readonly #name: string;
  readonly #socket: Socket;
  readonly #whenLost: () => Promise<void>;
  readonly #reader = new FrameReader(MAX_ANSWER_BYTES);
  /** Null while nobody waits; then messages are held: no more than the window of a command. */
  #receiver: Receiver | null = null;
  #held: Frame[] = [];
  #error: Error | undefined;

  /** The request is sent already. */
  constructor(name: string, socket: Socket, whenLost: () => Promise<void>) {
    this.#name = name;
    this.#socket = socket;
    this.#whenLost = whenLost;
    socket.on('error', (error) => (this.#error = error));
    socket.once('close', () => this.#receiver?.ended(this.#error));
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const one of this.#reader.push(chunk))
          if (this.#receiver === null) this.#held.push(one);
          else this.#receiver.frame(one);
      } catch (error) {
        socket.destroy(toError(error));
      }
    });
  }

  get isOpen(): boolean {
    return this.#socket.writable;
  }

  /**
   * The body of the result. When the signal aborts, rejects after the engine process has undone the work, with the
   * signal's reason if that was why it ended.
   */
  async answer(signal: AbortSignal, report: (body: Buffer) => void = () => {}): Promise<Buffer> {
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    let abandoned: NodeJS.Timeout | undefined;
    const abort = (): void => {
      this.send(frame(KIND.abort));
      abandoned = setTimeout(() => reject(signal.reason), UNDO_MS).unref();
    };
    this.take({
      frame: ({ kind, body }) => {
        if (kind !== KIND.result && kind !== KIND.error) return report(body);
        // What follows is for the next receiver.
        this.#receiver = null;
        if (kind === KIND.result) resolve(body);
        else reject(errorIn(this.#name, body, signal));
      },
      ended: (cause) => {
        const lost = (): void => reject(signal.aborted ? signal.reason : gone(this.#name, cause));
        this.#whenLost().then(lost, lost);
      },
    });
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await promise;
    } finally {
      clearTimeout(abandoned);
      signal.removeEventListener('abort', abort);
    }
  }

  /** From now on, messages and the end of the connection go there. */
  take(receiver: Receiver): void {
    this.#receiver = receiver;
    for (const one of this.#held.splice(0)) receiver.frame(one);
    if (this.#socket.closed) receiver.ended(this.#error);
  }

  send(bytes: Buffer): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  close(): void {
    this.#socket.destroy();
  }
}
