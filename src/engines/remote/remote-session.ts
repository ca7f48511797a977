/** A running command as the server process has it: its streams, from the messages of the engine process. */
import { Duplex, Readable } from 'node:stream';
import { z } from 'zod';
import type { ExecSession } from '#domain/ports/engine-launch.ts';
import { ignore } from '#protocol/ignore.ts';
import type { TerminalSize } from '#protocol/terminal.ts';
import { piecesOf, SendWindow, TakenBytes } from '#protocol/terminal-flow.ts';
import { gone, jsonIn } from './answers.ts';
import { fromWire, WireError } from './errors.ts';
import { countFrame, countIn, frame, type Handlers, jsonFrame, KIND } from './frames.ts';
import type { Exchange } from './exchange.ts';

/** For a command that was left to end. */
const LEAVE_MS = 20_000;

const NOTHING = new Uint8Array();

const Exit = z.object({ exitCode: z.number().nullable() });
const Resized = z.object({ error: WireError.exactOptional() });

export class RemoteSession implements ExecSession {
  readonly stream: Duplex;
  readonly stderr: Readable | null;
  readonly exitCode: Promise<number | null>;
  readonly #exchange: Exchange;
  readonly #window = new SendWindow(true);
  readonly #taken: TakenBytes;
  readonly #exit = Promise.withResolvers<number | null>();
  /** Output that its reader has not asked for. */
  readonly #unread = new Map<Readable, number>();
  /** Whose end is here, read or not. */
  readonly #over = new Set<Readable>();
  #left: NodeJS.Timeout | undefined;
  readonly #resizes: PromiseWithResolvers<void>[] = [];
  /** What the window does not allow yet. */
  #input: { readonly pieces: Uint8Array[]; readonly done: () => void } | null = null;

  readonly #handlers: Handlers = {
    [KIND.stdout]: (body) => this.#push(this.stream, body),
    [KIND.stderr]: (body) => this.#push(this.stderr ?? this.stream, body),
    [KIND.stdoutEnd]: () => this.#end(this.stream),
    [KIND.stderrEnd]: () => this.#end(this.stderr),
    [KIND.taken]: (body) => {
      this.#window.taken(countIn(body));
      this.#sendInput();
    },
    [KIND.resized]: (body) => this.#resized(body),
    [KIND.exit]: (body) => this.#exit.resolve(jsonIn('the end of a command', Exit, body).exitCode),
    [KIND.error]: (body) => void this.stream.destroy(fromWire(jsonIn('a command', WireError, body))),
    [KIND.broken]: () => this.#breakOff(),
  };

  constructor(exchange: Exchange, separate: boolean, signal: AbortSignal) {
    this.#exchange = exchange;
    this.exitCode = this.#exit.promise;
    this.exitCode.catch(ignore('its reader hears of it'));
    this.#taken = new TakenBytes((bytes) => exchange.send(countFrame(bytes)));
    this.stderr = separate ? new Readable({ read: () => this.#wanted(this.stderr) }) : null;
    this.stream = new Duplex({
      read: () => this.#wanted(this.stream),
      write: (chunk: Buffer, _encoding, done) => this.#write(chunk, done),
      final: (done) => {
        exchange.send(frame(KIND.inputEnd));
        done();
      },
      destroy: (error, done) => {
        this.#leave();
        done(error);
      },
    });
    // Their readers add their own listeners later.
    for (const output of [this.stream, this.stderr]) output?.on('error', () => {});
    const abort = (): void => exchange.send(frame(KIND.abort));
    signal.addEventListener('abort', abort, { once: true });
    exchange.take({
      frame: ({ kind, body }) => this.#handlers[kind]?.(body),
      ended: () => {
        signal.removeEventListener('abort', abort);
        this.#ended();
      },
    });
  }

  async resize(size: TerminalSize): Promise<void> {
    if (!this.#exchange.isOpen) return;
    const answered = Promise.withResolvers<void>();
    this.#resizes.push(answered);
    this.#exchange.send(jsonFrame(KIND.resize, { columns: size.columns, rows: size.rows }));
    await answered.promise;
  }

  #push(output: Readable, bytes: Buffer): void {
    if (output.destroyed || output.push(bytes)) this.#taken.add(bytes.length);
    else this.#unread.set(output, (this.#unread.get(output) ?? 0) + bytes.length);
  }

  #wanted(output: Readable | null): void {
    if (output === null) return;
    this.#taken.add(this.#unread.get(output) ?? 0);
    this.#unread.delete(output);
  }

  #end(output: Readable | null): void {
    if (output === null) return;
    this.#over.add(output);
    if (!output.destroyed) output.push(null);
    if (this.stream.destroyed) this.#leave();
  }

  /** One write at a time, as streams do it. */
  #write(chunk: Buffer, done: () => void): void {
    this.#input = { pieces: [...piecesOf(chunk)], done };
    this.#sendInput();
  }

  /** As much as the window allows. Input for a command that has ended is discarded, which is no error for the writer. */
  #sendInput(): void {
    if (this.#input === null) return;
    const { pieces, done } = this.#input;
    while (pieces.length > 0 && this.#exchange.isOpen && !this.stream.destroyed) {
      if (this.#window.full) return;
      const piece = pieces.shift() ?? NOTHING;
      this.#exchange.send(frame(KIND.input, piece));
      this.#window.sent(piece.length);
    }
    this.#input = null;
    done();
  }

  #resized(body: Buffer): void {
    const { error } = jsonIn('resize', Resized, body);
    const answered = this.#resizes.shift();
    if (error === undefined) answered?.resolve();
    else answered?.reject(fromWire(error));
  }

  /**
   * The connection stays open for the exit code. A stream that has ended is destroyed by Node.js, while standard error may
   * still come: then the command is left after that.
   */
  #leave(): void {
    this.#sendInput();
    if (this.#over.has(this.stream) && this.stderr !== null && !this.#over.has(this.stderr)) return;
    if (this.stderr !== null && !this.#over.has(this.stderr)) this.stderr.destroy();
    this.#exchange.send(frame(KIND.leave));
    this.#left ??= setTimeout(() => this.#exchange.close(), LEAVE_MS).unref();
  }

  /** After the exit code, or because the engine process is gone. */
  #ended(): void {
    clearTimeout(this.#left);
    this.#taken.stop();
    this.#unread.clear();
    this.#exit.resolve(null);
    for (const answered of this.#resizes.splice(0)) answered.resolve();
    this.#sendInput();
    this.#breakOff(gone('a command'));
  }

  /** What has ended can still be read. */
  #breakOff(error?: Error): void {
    for (const output of [this.stderr, this.stream])
      if (output !== null && !this.#over.has(output)) output.destroy(error);
  }
}
