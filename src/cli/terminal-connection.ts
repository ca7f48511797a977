/** Connects a terminal of the server to the local streams, for `exec` and for debug sessions. */
import { WebSocket } from 'ws';
import { ConnectionError } from '#client/errors.ts';
import {
  type ClientMessage,
  OUTPUT,
  parseMessage,
  ServerMessage,
  terminalQuery,
  type TerminalRequest,
  type TerminalSize,
} from '#protocol/terminal.ts';
import { printableLine } from '#protocol/printable.ts';
import { TakenBytes } from '#protocol/terminal-flow.ts';
import { CliError, EXIT } from './failure.ts';
import { clock } from './io.ts';
import type { Io } from './io.ts';
import { LeaveKeys } from './leave-keys.ts';
import type { Login } from './login.ts';
import { TerminalInput } from './terminal-input.ts';
import { refusalOf } from './terminal-refusal.ts';

/** The server's own timeout is 15 s. */
const OPEN_TIMEOUT_MS = 20_000;
/** The server pings every 30 s: after three missed pings it counts as gone. */
const SILENCE_MS = 100_000;
/** A slow reader of our output may have blocked this process, with pings still in the socket's buffer. */
const SILENCE_GRACE_MS = 1_000;

/** With `tty`, the keys and the size of the local terminal are forwarded. */
export interface LocalTerminal extends Omit<TerminalRequest, keyof TerminalSize> {
  /** Whether the terminal outlives this connection: Enter ~ . detaches from it. */
  readonly shared: boolean;
}

/** The exit code of the command, or that the user detached from it. */
export type TerminalEnd = number | 'detached';

/** The connection was established and broke before the command ended. */
export class TerminalLost extends CliError {}

export class TerminalConnection {
  readonly #io: Io;
  readonly #socket: WebSocket;
  readonly #request: LocalTerminal;
  readonly #done = Promise.withResolvers<TerminalEnd>();
  readonly #taken = new TakenBytes((bytes) => this.#send({ type: 'taken', bytes }));
  #opened = false;
  #over = false;
  #input: TerminalInput | null = null;
  #silence: NodeJS.Timeout | undefined;
  #participants = 1;

  constructor(io: Io, login: Login, request: LocalTerminal) {
    this.#io = io;
    this.#request = request;
    this.#socket = new WebSocket(addressOf(io, login, request), {
      headers: { authorization: `Bearer ${login.token}` },
      origin: login.server,
      handshakeTimeout: OPEN_TIMEOUT_MS,
      perMessageDeflate: false,
    });
  }

  /** Resolves when the command ends or the user detaches; 1 if the exit code is unknown. */
  async run(): Promise<TerminalEnd> {
    const { interrupted } = this.#io;
    const interrupt = () => this.#done.resolve(this.#request.shared ? 'detached' : EXIT.interrupted);
    interrupted.addEventListener('abort', interrupt, { once: true });
    if (interrupted.aborted) interrupt();
    this.#listen();
    const restore = this.#request.tty ? this.#rawTerminal() : () => undefined;
    try {
      return await this.#done.promise;
    } finally {
      interrupted.removeEventListener('abort', interrupt);
      this.#input?.stop();
      this.#taken.stop();
      restore();
      clearTimeout(this.#silence);
      this.#socket.close();
    }
  }

  #listen(): void {
    this.#socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.#printed(data);
      else this.#received(data.toString());
    });
    this.#socket.on('open', () => {
      this.#opened = true;
      this.#resetSilence();
      // Turns on flow control: the server sends no more than is printed.
      this.#send({ type: 'taken', bytes: 0 });
      this.#readInput();
    });
    this.#socket.on('ping', () => this.#resetSilence());
    this.#socket.on('unexpected-response', (request, response) => {
      void refusalOf(response)
        .then((error) => this.#done.reject(error))
        .finally(() => request.destroy());
    });
    this.#socket.on('error', (cause) => this.#closed(cause));
    this.#socket.on('close', () => this.#closed());
  }

  /** After the exit message this is no loss: earlier output may still be printing. */
  #closed(cause?: Error): void {
    if (!this.#over) this.#done.reject(this.#lost(cause));
  }

  #printed(data: Buffer): void {
    const { stdout, stderr } = this.#io;
    const [tag] = this.#request.tty ? [] : data;
    const bytes = tag === undefined ? data : data.subarray(1);
    (tag === OUTPUT.stderr ? stderr : stdout).write(bytes, () => this.#taken.add(bytes.length));
  }

  #resetSilence(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      this.#silence = setTimeout(() => this.#closed(), SILENCE_GRACE_MS);
    }, SILENCE_MS);
  }

  #lost(cause?: Error): Error {
    if (!this.#opened) return new ConnectionError('The server does not answer.', { cause });
    return new TerminalLost('The connection was lost. The command may still be running.', { cause });
  }

  #received(text: string): void {
    const message = parseMessage(ServerMessage, text);
    if (message?.type === 'exit') void this.#ended(message.exitCode ?? EXIT.failed);
    if (message?.type === 'error') this.#done.reject(new CliError(message.message));
    if (message?.type === 'taken') this.#input?.taken(message.bytes);
    if (message?.type === 'people') this.#countParticipants(message.count);
    if (message?.type === 'ending')
      this.#note(
        `This debug session ends at ${clock(message.endsAt)}. To extend it: deskpod debug extend ${this.#request.debug ?? ''}`,
      );
  }

  /** Resolves once all earlier output is printed. */
  async #ended(exitCode: number): Promise<void> {
    this.#over = true;
    const { stdout, stderr } = this.#io;
    await Promise.all([stdout, stderr].map((to) => new Promise((resolve) => to.write('', resolve))));
    this.#done.resolve(exitCode);
  }

  #countParticipants(count: number): void {
    if (count > Math.max(1, this.#participants)) this.#note(`${count} participants share this terminal.`);
    this.#participants = count;
  }

  /** Prints a note on a line of its own, on standard error. */
  #note(text: string): void {
    const line = printableLine(text);
    this.#io.stderr.write(this.#request.tty ? `\r\n[${line}]\r\n` : `deskpod: ${line}\n`);
  }

  /** Forwards keys unchanged, including Ctrl-C. The returned function restores the terminal. */
  #rawTerminal(): () => void {
    const { stdin, stdout } = this.#io;
    const resize = () => this.#send({ type: 'resize', ...sizeOf(this.#io) });
    const raw = () => void stdin.setRawMode?.(true);
    this.#socket.once('open', raw);
    stdout.on('resize', resize);
    return () => {
      this.#socket.off('open', raw);
      stdout.off('resize', resize);
      stdin.setRawMode?.(false);
    };
  }

  /** Starts when the connection is open: earlier input stays in the stream. */
  #readInput(): void {
    const over = () => this.#send({ type: 'end' });
    if (!this.#request.input && !this.#request.tty) return over();
    const keys = this.#request.shared && this.#request.tty ? new LeaveKeys() : null;
    const send = (bytes: Uint8Array) => {
      const pressed = keys?.press(Buffer.from(bytes)) ?? { send: bytes, leave: false };
      if (pressed.send.length > 0) this.#socket.send(pressed.send);
      if (pressed.leave) this.#done.resolve('detached');
    };
    this.#input = new TerminalInput(this.#io.stdin, { send, over });
  }

  #send(message: ClientMessage): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}

function addressOf(io: Io, { server }: Login, request: LocalTerminal): string {
  const query = terminalQuery({ ...request, ...sizeOf(io), input: request.tty || request.input });
  return `${server.replace(/^http/, 'ws')}/api/v1/terminal?${query.toString()}`;
}

/** A terminal without a known size reports 0. */
function sizeOf({ stdout }: Io): TerminalSize {
  return { columns: stdout.columns || 80, rows: stdout.rows || 24 };
}
