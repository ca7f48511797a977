/** One terminal of the server joined to this one's streams: what `exec` runs and what a toolbox shows come through it. */
import { WebSocket } from 'ws';
import { ConnectionError } from '#client/errors.ts';
import { TerminalMessage } from '#protocol/terminal.ts';
import { CliError, EXIT } from './failure.ts';
import { clock } from './io.ts';
import type { Io } from './io.ts';
import { LeaveKeys } from './leave-keys.ts';
import type { Login } from './login.ts';
import { refusalOf } from './terminal-refusal.ts';

/** The server itself gives up opening one after 15 s. */
const OPEN_TIMEOUT_MS = 20_000;
/** The server pings every 30 s: without three of them it is gone. */
const SILENCE_MS = 100_000;
/** What ends a shell in a terminal whose input is over. */
const END_OF_INPUT = '\u0004';

export interface TerminalWish {
  readonly launch?: string | undefined;
  /** Id of a debug session, whose terminal several people share. */
  readonly debug?: string | undefined;
  /** Empty: a shell, or what the toolbox runs. */
  readonly command: readonly string[];
  /** Whether standard input goes there. */
  readonly input: boolean;
  /** Keys and size of this terminal too. */
  readonly tty: boolean;
  /** It is a terminal that goes on when this one is left, by Enter, ~ and a dot. */
  readonly shared: boolean;
}

/** The exit code of what ran, or that people left it running. */
export type TerminalEnd = number | 'left';

/** It stood, and went away without an end. */
export class TerminalLost extends CliError {}

export class TerminalConnection {
  readonly #io: Io;
  readonly #socket: WebSocket;
  readonly #wish: TerminalWish;
  readonly #done = Promise.withResolvers<TerminalEnd>();
  #opened = false;
  #silence: NodeJS.Timeout | undefined;
  #people = 1;

  constructor(io: Io, login: Login, wish: TerminalWish) {
    this.#io = io;
    this.#wish = wish;
    this.#socket = new WebSocket(addressOf(io, login, wish), {
      headers: { authorization: `Bearer ${login.token}` },
      origin: login.server,
      handshakeTimeout: OPEN_TIMEOUT_MS,
      perMessageDeflate: false,
    });
  }

  /** Until what runs there has ended or was left; 1 when the server does not know the exit code. */
  async run(): Promise<TerminalEnd> {
    this.#listen();
    const stop = this.#wish.tty ? this.#rawTerminal() : this.#plainInput();
    try {
      return await this.#done.promise;
    } finally {
      stop();
      clearTimeout(this.#silence);
      this.#socket.close();
    }
  }

  #listen(): void {
    this.#socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.#io.stdout.write(data);
      else this.#told(data.toString());
    });
    this.#socket.on('open', () => {
      this.#opened = true;
      this.#heard();
    });
    this.#socket.on('ping', () => this.#heard());
    this.#socket.on('unexpected-response', (request, response) => {
      void refusalOf(response)
        .then((error) => this.#done.reject(error))
        .finally(() => request.destroy());
    });
    this.#socket.on('error', (cause) => this.#done.reject(this.#lost(cause)));
    this.#socket.on('close', () => this.#done.reject(this.#lost()));
  }

  #heard(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#done.reject(this.#lost()), SILENCE_MS);
  }

  #lost(cause?: Error): Error {
    if (!this.#opened) return new ConnectionError('The server does not answer.', { cause });
    return new TerminalLost('The connection was lost; the command may still run.', { cause });
  }

  #told(text: string): void {
    const message = parsed(text);
    if (message?.type === 'exit') this.#done.resolve(message.exitCode ?? EXIT.failed);
    if (message?.type === 'error') this.#done.reject(new CliError(message.message));
    if (message?.type === 'people') this.#joined(message.count);
    if (message?.type === 'ending')
      this.#remark(`This toolbox ends at ${clock(message.endsAt)}: deskpod looks extend ${this.#wish.debug ?? ''}`);
  }

  #joined(people: number): void {
    if (people > Math.max(1, this.#people)) this.#remark(`${people} people are at this terminal.`);
    this.#people = people;
  }

  /** A line of its own between what the terminal shows. */
  #remark(line: string): void {
    this.#io.stderr.write(this.#wish.tty ? `\r\n[${line}]\r\n` : `deskpod: ${line}\n`);
  }

  /** Keys go as they are, Ctrl-C too; the terminal is given back whatever happens. */
  #rawTerminal(): () => void {
    const { stdin, stdout } = this.#io;
    const resize = () => this.#send(JSON.stringify({ type: 'resize', ...sizeOf(this.#io) }));
    stdin.setRawMode?.(true);
    stdout.on('resize', resize);
    const stop = this.#input();
    return () => {
      stop();
      stdout.off('resize', resize);
      stdin.setRawMode?.(false);
    };
  }

  #plainInput(): () => void {
    const { interrupted } = this.#io;
    const interrupt = () => this.#done.resolve(this.#wish.shared ? 'left' : EXIT.interrupted);
    interrupted.addEventListener('abort', interrupt, { once: true });
    if (interrupted.aborted) interrupt();
    const stop = this.#wish.input ? this.#input() : () => undefined;
    return () => {
      stop();
      interrupted.removeEventListener('abort', interrupt);
    };
  }

  #input(): () => void {
    const { stdin } = this.#io;
    const keys = this.#wish.shared && this.#wish.tty ? new LeaveKeys() : null;
    const pass = (bytes: Buffer) => {
      const { send, leave } = keys?.press(bytes) ?? { send: bytes, leave: false };
      if (send.length > 0) this.#send(send);
      if (leave) this.#done.resolve('left');
    };
    const over = () => {
      if (this.#wish.shared) this.#send(Buffer.from(END_OF_INPUT));
    };
    stdin.on('data', pass);
    stdin.once('end', over);
    // Listening again does not begin it again once it was paused.
    stdin.resume();
    return () => {
      stdin.off('data', pass);
      stdin.off('end', over);
      stdin.pause();
    };
  }

  /** What is typed before the connection stands waits for it. */
  #send(data: string | Uint8Array): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(data);
    else if (this.#socket.readyState === WebSocket.CONNECTING) this.#socket.once('open', () => this.#socket.send(data));
  }
}

function addressOf(io: Io, login: Login, { launch, debug, tty, command }: TerminalWish): string {
  const { columns, rows } = sizeOf(io);
  const query = new URLSearchParams({ columns: String(columns), rows: String(rows), tty: tty ? '1' : '0' });
  if (launch !== undefined) query.set('launch', launch);
  if (debug !== undefined) query.set('debug', debug);
  for (const part of command) query.append('command', part);
  return `${login.server.replace(/^http/, 'ws')}/api/v1/terminal?${query.toString()}`;
}

function parsed(text: string): TerminalMessage | null {
  try {
    return TerminalMessage.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** A terminal that was never given a size says 0. */
function sizeOf({ stdout }: Io): { columns: number; rows: number } {
  return { columns: stdout.columns || 80, rows: stdout.rows || 24 };
}
