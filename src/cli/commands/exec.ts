/** `deskpod exec`: runs a command in a running launch, with or without a terminal. */
import type { Command } from 'commander';
import { ApiError } from '#client/errors.ts';
import type { Client } from '#client/client.ts';
import { connect, withConnection } from '../connection.ts';
import { endQuietly, waitUntilStarted } from '../debug-waiting.ts';
import { CliError, EXIT } from '../failure.ts';
import type { Io } from '../io.ts';
import type { ServerOptions } from '../login.ts';
import { debugTargetOf, TARGET_HELP } from '../target.ts';
import { TerminalConnection } from '../terminal-connection.ts';
import type { LocalTerminal } from '../terminal-connection.ts';

interface ExecOptions extends ServerOptions {
  readonly interactive?: true;
  readonly tty?: true;
  readonly reason?: string;
}

/** The exit codes of shells for a missing and for a non-executable program. */
const EXIT_CODES: Readonly<Partial<Record<string, number>>> = { no_such_program: 127, not_executable: 126 };

/** `ended` receives the command's exit code, which becomes this program's. */
export function execCommand(exec: Command, io: Io, ended: (exitCode: number) => void): void {
  withConnection(exec.description('run a command (default: a shell) in a running launch'))
    .argument('<launch>', TARGET_HELP)
    .argument('[command...]', 'command to run, after --')
    .option('-i, --interactive', 'forward standard input')
    .option('-t, --tty', 'allocate a terminal')
    .option('--reason <text>', 'why you run it; required for other users’ launches and shown to their owner')
    .passThroughOptions()
    .action(async (given: string, words: string[], options: ExecOptions) => {
      const { client, login } = await connect(io, options);
      requireTerminal(io, options.tty);
      const command = words.filter((one, index) => index > 0 || one !== '--');
      const { tty = false, interactive: input = false, reason } = options;
      const request = { command, tty, input, shared: false };
      const target = debugTargetOf(given);
      const open = (where: Pick<LocalTerminal, 'launch' | 'debug'>) =>
        new TerminalConnection(io, login, { ...request, ...where }).run();
      try {
        const needsSession = reason !== undefined || target.desktop !== undefined;
        const code = needsSession
          ? await withSession(io, client, { ...target, reason: reason ?? '' }, (debug) => open({ debug }))
          : await open({ launch: target.launch });
        ended(code === 'detached' ? EXIT.done : code);
      } catch (error) {
        throw withRemedy(error, given);
      }
    });
}

/** In a pipe, -t would wait for keys that never come. */
export function requireTerminal(io: Io, tty: true | undefined): void {
  if (tty !== true || io.stdin.isTTY === true) return;
  throw new CliError('-t requires a terminal on standard input.', {
    remedy: 'Omit -t in a pipe.',
    exitCode: EXIT.usage,
  });
}

/** Requests a debug session for the command and ends it with the command. */
async function withSession<Result>(
  io: Io,
  client: Client,
  request: Parameters<Client['debug']['exec']>[0],
  act: (session: string) => Promise<Result>,
): Promise<Result> {
  const { id } = await waitUntilStarted(io, client, await client.debug.exec(request));
  try {
    return await act(id);
  } finally {
    await endQuietly(client, id);
  }
}

/** The server's message, with a remedy for this command line. */
function withRemedy(error: unknown, target: string): unknown {
  if (!(error instanceof ApiError)) return error;
  const remedy = remedyOf(error, target);
  const exitCode = EXIT_CODES[error.code] ?? EXIT.failed;
  return new CliError(error.message, { ...(remedy === undefined ? {} : { remedy }), exitCode, cause: error });
}

function remedyOf({ code, remedy }: ApiError, target: string): string | undefined {
  if (code === 'no_such_program') return `A toolbox has a shell and tools: deskpod debug ${target} -it`;
  if (code === 'not_found') return 'To list launches: deskpod launches list. Other users’ launches require --reason.';
  return code === 'forbidden' ? (remedy ?? 'Other users’ launches require --reason.') : remedy;
}
