/** The terminal of a debug session, which outlives its connections: reconnects after the network or the server was away. */
import { setTimeout as delay } from 'node:timers/promises';
import { ignore } from '#protocol/ignore.ts';
import { isPassing } from '#client/errors.ts';
import { CliError } from './failure.ts';
import type { Io } from './io.ts';
import type { Login } from './login.ts';
import { TerminalConnection, TerminalLost } from './terminal-connection.ts';
import type { TerminalEnd } from './terminal-connection.ts';

const PAUSES_MS = [250, 500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000];
/** A connection that lasted this long resets the number of attempts. */
const STABLE_MS = 10_000;
/** Joining replays all output since the start, so the screen is cleared first. */
const CLEAR_SCREEN = '\u001b[0m\u001b[2J\u001b[3J\u001b[H';

export async function shareTerminal(io: Io, login: Login, debug: string, tty: boolean): Promise<TerminalEnd> {
  const request = { debug, command: [], tty, input: true, shared: true };
  let attempt = 0;
  for (;;) {
    const startedAt = performance.now();
    try {
      return await new TerminalConnection(io, login, request).run();
    } catch (error) {
      const connected = error instanceof TerminalLost;
      if (connected && performance.now() - startedAt >= STABLE_MS) attempt = 0;
      const pause = PAUSES_MS[attempt];
      // In a pipe, printed output can't be replaced.
      if (pause === undefined || !tty || !(connected || (attempt > 0 && isPassing(error))))
        throw withRemedy(error, debug);
      attempt += 1;
      if (connected) io.stderr.write('\r\n[Connection lost. Reconnecting …]\r\n');
      await delay(pause, undefined, { signal: io.interrupted }).catch(ignore('the user interrupted the wait'));
      if (io.interrupted.aborted) return 'detached';
      io.stdout.write(CLEAR_SCREEN);
    }
  }
}

function withRemedy(error: unknown, debug: string): unknown {
  if (!(error instanceof TerminalLost)) return error;
  return new CliError(error.message, { remedy: `To reconnect: deskpod debug --attach ${debug}`, cause: error });
}
