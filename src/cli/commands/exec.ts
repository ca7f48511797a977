/** `deskpod exec`: a command in a running launch, with or without a terminal, over the terminal's WebSocket. */
import type { Command } from 'commander';
import { TerminalMessage } from '#protocol/terminal.ts';
import { connect, withConnection } from '../connection.ts';
import { CliError, EXIT } from '../failure.ts';
import type { Io } from '../io.ts';
import type { Login, Wanted } from '../login.ts';

interface ExecOptions extends Wanted {
  readonly interactive?: true;
  readonly tty?: true;
}

/** `ended` is told the command's exit code, which becomes this program's. */
export function execCommand(exec: Command, io: Io, ended: (exitCode: number) => void): void {
  withConnection(exec.description('run a command in a running launch; without one a shell'))
    .argument('<launch>', 'id of the launch; - means the desktop itself')
    .argument('[command...]', 'after --')
    .option('-i, --interactive', 'pass standard input on')
    .option('-t, --tty', 'give the command a terminal')
    .passThroughOptions()
    .action(async (launch: string, command: string[], options: ExecOptions) => {
      const { login } = await connect(io, options);
      if (options.tty && io.stdin.isTTY !== true)
        throw new CliError('-t needs a terminal here too.', {
          remedy: 'Leave it out in a pipe.',
          exitCode: EXIT.usage,
        });
      ended(await new Exec(io, login, launch, command, options).run());
    });
}

class Exec {
  readonly #io: Io;
  readonly #socket: WebSocket;
  readonly #options: ExecOptions;
  readonly #done = Promise.withResolvers<number>();
  #sent = false;

  constructor(io: Io, login: Login, launch: string, command: readonly string[], options: ExecOptions) {
    this.#io = io;
    this.#options = options;
    const query = new URLSearchParams({
      columns: String(sizeOf(io).columns),
      rows: String(sizeOf(io).rows),
      tty: options.tty ? '1' : '0',
    });
    if (launch !== '-') query.set('launch', launch);
    for (const part of command.filter((one, index) => index > 0 || one !== '--')) query.append('command', part);
    const address = `${login.server.replace(/^http/, 'ws')}/api/v1/terminal?${query.toString()}`;
    this.#socket = new WebSocket(address, {
      headers: { authorization: `Bearer ${login.token}`, origin: login.server },
    });
    this.#socket.binaryType = 'arraybuffer';
  }

  /** The exit code; 1 when the server does not know it. */
  async run(): Promise<number> {
    this.#listen();
    const stop = this.#options.tty ? this.#rawTerminal() : this.#plainInput();
    try {
      return await this.#done.promise;
    } finally {
      stop();
      this.#socket.close();
    }
  }

  #listen(): void {
    this.#socket.addEventListener('message', ({ data }: { data: unknown }) => {
      if (data instanceof ArrayBuffer) this.#io.stdout.write(new Uint8Array(data));
      else if (typeof data === 'string') this.#told(data);
    });
    this.#socket.addEventListener('open', () => (this.#sent = true));
    this.#socket.addEventListener('error', () => this.#done.reject(this.#refused()));
    this.#socket.addEventListener('close', () => this.#done.reject(this.#refused()));
  }

  #refused(): CliError {
    if (this.#sent) return new CliError('The connection was lost; the command may still run.');
    return new CliError('The server refused: there is no such running launch, or it is not yours.', {
      remedy: 'deskpod launches list shows them.',
    });
  }

  #told(text: string): void {
    const message = TerminalMessage.safeParse(JSON.parse(text)).data;
    if (message?.type === 'exit') this.#done.resolve(message.exitCode ?? EXIT.failed);
    if (message?.type === 'error') this.#done.reject(new CliError(message.message));
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
    const interrupt = () => this.#done.resolve(130);
    interrupted.addEventListener('abort', interrupt, { once: true });
    const stop = this.#options.interactive ? this.#input() : () => undefined;
    return () => {
      stop();
      interrupted.removeEventListener('abort', interrupt);
    };
  }

  #input(): () => void {
    const { stdin } = this.#io;
    const pass = (bytes: Buffer) => this.#send(new Uint8Array(bytes));
    stdin.on('data', pass);
    return () => {
      stdin.off('data', pass);
      stdin.pause();
    };
  }

  /** What is typed before the connection stands waits for it. */
  #send(data: string | Uint8Array<ArrayBuffer>): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(data);
    else if (this.#socket.readyState === WebSocket.CONNECTING)
      this.#socket.addEventListener('open', () => this.#socket.send(data), { once: true });
  }
}

/** A terminal that was never given a size says 0. */
function sizeOf({ stdout }: Io): { columns: number; rows: number } {
  return { columns: stdout.columns || 80, rows: stdout.rows || 24 };
}
