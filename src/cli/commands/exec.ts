/** `deskpod exec`: a command in a running launch, with or without a terminal. */
import type { Command } from 'commander';
import { ApiError } from '#client/errors.ts';
import type { Client } from '#client/client.ts';
import { connect, withConnection } from '../connection.ts';
import { untilAllowed } from '../debug-waiting.ts';
import { CliError, EXIT } from '../failure.ts';
import type { Io } from '../io.ts';
import type { Wanted } from '../login.ts';
import { debugTargetOf } from '../target.ts';
import { TerminalConnection } from '../terminal-connection.ts';
import type { TerminalWish } from '../terminal-connection.ts';

interface ExecOptions extends Wanted {
  readonly interactive?: true;
  readonly tty?: true;
  readonly reason?: string;
}

const END_TIMEOUT_MS = 5_000;

/** `ended` is told the command's exit code, which becomes this program's. */
export function execCommand(exec: Command, io: Io, ended: (exitCode: number) => void): void {
  withConnection(exec.description('run a command in a running launch; without one a shell'))
    .argument('<launch>', 'id of the launch; - means your desktop itself, desktop:ID another one')
    .argument('[command...]', 'after --')
    .option('-i, --interactive', 'pass standard input on')
    .option('-t, --tty', 'give the command a terminal')
    .option('--reason <text>', 'why; needed for somebody else’s, who is asked or told')
    .passThroughOptions()
    .action(async (place: string, words: string[], options: ExecOptions) => {
      const { client, login } = await connect(io, options);
      needTerminalFor(io, options.tty);
      const command = words.filter((one, index) => index > 0 || one !== '--');
      const { tty = false, interactive: input = false, reason } = options;
      const wish = { command, tty, input, shared: false };
      const target = debugTargetOf(place);
      const open = (where: Pick<TerminalWish, 'launch' | 'debug'>) =>
        new TerminalConnection(io, login, { ...wish, ...where }).run();
      try {
        const needsLook = reason !== undefined || target.desktop !== undefined;
        const code = needsLook
          ? await lookWhile(io, client, { ...target, reason: reason ?? '' }, (debug) => open({ debug }))
          : await open({ launch: target.launch });
        ended(code === 'left' ? EXIT.done : code);
      } catch (error) {
        throw explained(error, place);
      }
    });
}

/** `-t` in a pipe would show nobody the keys that it waits for. */
export function needTerminalFor(io: Io, tty: true | undefined): void {
  if (tty !== true || io.stdin.isTTY === true) return;
  throw new CliError('-t needs a terminal here too.', { remedy: 'Leave it out in a pipe.', exitCode: EXIT.usage });
}

/** Asks first, and gives the permission back when the command has ended. */
async function lookWhile<Result>(
  io: Io,
  client: Client,
  request: Parameters<Client['debug']['exec']>[0],
  act: (session: string) => Promise<Result>,
): Promise<Result> {
  const { id } = await untilAllowed(io, client, await client.debug.exec(request));
  try {
    return await act(id);
  } finally {
    // It may have ended with its terminal; and what the command did is worth more than how the permission went.
    await Promise.race([client.debug.end(id).catch(() => undefined), late(END_TIMEOUT_MS)]);
  }
}

function late(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms).unref());
}

/** The server's own sentence, and what can be done here. */
function explained(error: unknown, place: string): unknown {
  if (!(error instanceof ApiError)) return error;
  const remedy = remedyOf(error, place);
  return remedy === undefined ? error : new CliError(error.message, { remedy, cause: error });
}

function remedyOf({ code, remedy }: ApiError, place: string): string | undefined {
  if (code === 'no_such_program') return `A toolbox beside it has a shell and tools: deskpod debug ${place} -it`;
  if (code === 'not_found') return 'deskpod launches list shows what runs; what is somebody else’s needs --reason.';
  return code === 'forbidden' ? (remedy ?? 'What is somebody else’s needs --reason.') : remedy;
}
