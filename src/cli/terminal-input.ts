/** Forwards standard input to a terminal of the server, no faster than the server reads it. */
import { SendWindow, piecesOf } from '#protocol/terminal-flow.ts';
import type { Io } from './io.ts';

export interface InputSink {
  readonly send: (bytes: Uint8Array) => void;
  /** After the last bytes. */
  readonly over: () => void;
}

export class TerminalInput {
  readonly #stdin: Io['stdin'];
  readonly #sink: InputSink;
  readonly #window = new SendWindow(true);
  #stopped = false;
  readonly #pass = (bytes: Buffer): void => {
    for (const piece of piecesOf(bytes)) this.#sink.send(piece);
    this.#window.sent(bytes.length);
    if (this.#window.full) this.#stdin.pause();
  };
  readonly #over = (): void => this.#sink.over();

  /** Starts reading. */
  constructor(stdin: Io['stdin'], sink: InputSink) {
    this.#stdin = stdin;
    this.#sink = sink;
    stdin.on('data', this.#pass);
    stdin.once('end', this.#over);
    // A listener alone doesn't resume a paused stream.
    stdin.resume();
    if (stdin.readableEnded) this.#over();
  }

  taken(bytes: number): void {
    this.#window.taken(bytes);
    if (!this.#stopped && !this.#window.full) this.#stdin.resume();
  }

  stop(): void {
    this.#stopped = true;
    this.#stdin.off('data', this.#pass);
    this.#stdin.off('end', this.#over);
    this.#stdin.pause();
  }
}
