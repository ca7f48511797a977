/** The terminal of a look, which goes on without us: joined again when the network or the server was away for a while. */
import { setTimeout as delay } from 'node:timers/promises';
import { isPassing } from '#client/errors.ts';
import { CliError } from './failure.ts';
import type { Io } from './io.ts';
import type { Login } from './login.ts';
import { TerminalConnection, TerminalLost } from './terminal-connection.ts';
import type { TerminalEnd } from './terminal-connection.ts';

const PAUSES_MS = [250, 500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000];
/** One that stood this long was a good one: what follows is another loss. */
const GOOD_MS = 10_000;
/** Who joins is shown everything since the start: it takes the place of what was shown. */
const CLEAN_SHEET = '\u001b[0m\u001b[2J\u001b[3J\u001b[H';

export async function shareTerminal(io: Io, login: Login, debug: string, tty: boolean): Promise<TerminalEnd> {
  const wish = { debug, command: [], tty, input: true, shared: true };
  let attempt = 0;
  for (;;) {
    const begun = performance.now();
    try {
      return await new TerminalConnection(io, login, wish).run();
    } catch (error) {
      const stood = error instanceof TerminalLost;
      if (stood && performance.now() - begun >= GOOD_MS) attempt = 0;
      const pause = PAUSES_MS[attempt];
      // In a pipe, what was shown cannot be taken back.
      if (pause === undefined || !tty || !(stood || (attempt > 0 && isPassing(error)))) throw explained(error, debug);
      attempt += 1;
      if (stood) io.stderr.write('\r\n[The connection was lost; joining again …]\r\n');
      await delay(pause, undefined, { signal: io.interrupted }).catch(() => undefined);
      if (io.interrupted.aborted) return 'left';
      io.stdout.write(CLEAN_SHEET);
    }
  }
}

function explained(error: unknown, debug: string): unknown {
  if (!(error instanceof TerminalLost)) return error;
  return new CliError(error.message, { remedy: `Go on with: deskpod debug --attach ${debug}`, cause: error });
}
