/**
 * A running command in the engine process: its streams as messages. Output waits while the client has a window of it that
 * it has not passed on; input beyond the window ends the command, because no client of ours sends that.
 */
import type { Readable } from 'node:stream';
import { DeskpodError } from '#domain/errors.ts';
import type { ExecSession } from '#domain/ports/engine-launch.ts';
import { ignore } from '#protocol/ignore.ts';
import { parseJson } from '#protocol/json.ts';
import { TerminalSize } from '#protocol/terminal.ts';
import { PIECE_BYTES, piecesOf, SendWindow, TakenBytes, WINDOW_BYTES } from '#protocol/terminal-flow.ts';
import { toWire } from './errors.ts';
import { countFrame, countIn, frame, type Handlers, jsonFrame, type Kind, KIND } from './frames.ts';

/** Beyond the window: one piece, which the client sends while the window is open. */
const MOST_INPUT_BYTES = WINDOW_BYTES + PIECE_BYTES;
const MOST_RESIZES = 64;

export class ServedSession {
  readonly #session: ExecSession;
  readonly #send: (bytes: Buffer) => unknown;
  readonly #window = new SendWindow(true);
  readonly #taken: TakenBytes;
  readonly #over: Promise<unknown>[];
  /** Input that the command has not read. */
  #waiting = 0;
  #resizes = 0;
  readonly #handlers: Handlers = {
    [KIND.input]: (body) => this.#input(body),
    [KIND.inputEnd]: () => void (this.#session.stream.writableEnded || this.#session.stream.end()),
    [KIND.taken]: (body) => {
      this.#window.taken(countIn(body));
      if (!this.#window.full) this.#resume();
    },
    [KIND.resize]: (body) => this.#resize(body),
    [KIND.leave]: () => this.leave(),
  };

  constructor(session: ExecSession, send: (bytes: Buffer) => unknown) {
    this.#session = session;
    this.#send = send;
    this.#taken = new TakenBytes((bytes) => void send(countFrame(bytes)));
    const { stream, stderr } = session;
    stream.on('error', ignore('the client hears that the output broke off'));
    this.#over = [
      this.#pass(stream, KIND.stdout, KIND.stdoutEnd),
      ...(stderr === null ? [] : [this.#pass(stderr, KIND.stderr, KIND.stderrEnd)]),
    ];
  }

  /** Resolves with the last message, when the command and its output have ended. */
  async carry(): Promise<Buffer> {
    try {
      await Promise.all(this.#over);
      return jsonFrame(KIND.exit, { exitCode: await this.#session.exitCode });
    } finally {
      this.#taken.stop();
    }
  }

  leave(): void {
    this.#taken.stop();
    this.#session.stream.destroy();
    this.#session.stderr?.destroy();
  }

  /**
   * False for a message that has nothing to do with a command.
   * @throws DeskpodError `invalid_request` for more input than the window allows, or a size that is none.
   */
  take(kind: Kind, body: Buffer): boolean {
    const handle = this.#handlers[kind];
    handle?.(body);
    return handle !== undefined;
  }

  #input(bytes: Buffer): void {
    const { stream } = this.#session;
    this.#waiting += bytes.length;
    if (this.#waiting > MOST_INPUT_BYTES) {
      this.leave();
      throw new DeskpodError('invalid_request', 'More input than the window of the command allows.');
    }
    const passed = (): void => {
      this.#waiting -= bytes.length;
      this.#taken.add(bytes.length);
    };
    // A command that accepts no more input is no error for the writer: its end is reported separately.
    if (stream.destroyed || stream.writableEnded) passed();
    else stream.write(bytes, passed);
  }

  #resize(body: Buffer): void {
    const size = TerminalSize.safeParse(parseJson(body.toString('utf8')));
    this.#resizes += 1;
    if (!size.success || this.#resizes > MOST_RESIZES)
      throw new DeskpodError('invalid_request', 'A terminal does not get this size.');
    const answer = (reply: object): void => {
      this.#resizes -= 1;
      this.#send(jsonFrame(KIND.resized, reply));
    };
    this.#session.resize(size.data).then(
      () => answer({}),
      (error: unknown) => answer({ error: toWire(error) }),
    );
  }

  #pass(output: Readable, kind: Kind, end: Kind): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    output.on('data', (chunk: Buffer) => {
      for (const piece of piecesOf(chunk)) this.#send(frame(kind, piece));
      this.#window.sent(chunk.length);
      if (this.#window.full) this.#pause();
    });
    output.once('end', () => {
      this.#send(frame(end));
      resolve();
    });
    output.once('close', () => {
      if (!output.readableEnded) this.#send(frame(KIND.broken));
      resolve();
    });
    return promise;
  }

  #pause(): void {
    this.#session.stream.pause();
    this.#session.stderr?.pause();
  }

  /** Standard error first: when the other stream ends, it may take along what is left of this one. */
  #resume(): void {
    const { stream, stderr } = this.#session;
    stderr?.resume();
    process.nextTick(() => {
      if (!this.#window.full) stream.resume();
    });
  }
}
