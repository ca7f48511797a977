/** Follows a debug session from its request until it runs and reports on standard error; Ctrl-C cancels it. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '#client/client.ts';
import { ignore } from '#protocol/ignore.ts';
import type { DebugSession } from '#protocol/debug.ts';
import { DEBUG_END_SENTENCES } from '#protocol/debug-end.ts';
import type { ServerEvent } from '#protocol/events.ts';
import { Bell } from './bell.ts';
import { CliError, EXIT } from './failure.ts';
import { clock, note } from './io.ts';
import type { Io } from './io.ts';

/** Longer than the timeouts for consent and for pulling an image together. */
const START_TIMEOUT_MS = 40 * 60_000;
/** Events wake it earlier; this covers changes without an event. */
const POLL_MS = 1_000;
const END_TIMEOUT_MS = 5_000;

/** Resolves once the session runs or has run; otherwise throws a CliError with the reason. */
export async function waitUntilStarted(io: Io, client: Client, requested: DebugSession): Promise<DebugSession> {
  const done = new AbortController();
  const signal = AbortSignal.any([done.signal, io.interrupted, AbortSignal.timeout(START_TIMEOUT_MS)]);
  const bell = new Bell();
  let session = requested;
  const startedAt = performance.now();
  let reported = '';
  try {
    if (!isSettled(session)) {
      const matches = (event: ServerEvent) => event.type === 'debug' && event.session.id === requested.id;
      void bell.ringAt(client, matches, signal);
    }
    while (!isSettled(session)) {
      const line = waitingFor(session, performance.now() - startedAt);
      if (line !== null && line !== reported) note(io, line);
      reported = line ?? reported;
      await bell.next(POLL_MS, signal);
      session = await client.debug.get(requested.id, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    await endQuietly(client, requested.id);
    throw io.interrupted.aborted
      ? new CliError('Canceled.', { exitCode: EXIT.interrupted })
      : new CliError('The session took too long to start and was canceled.');
  } finally {
    done.abort();
  }
  return succeeded(session);
}

function isSettled({ status }: DebugSession): boolean {
  return status.state === 'running' || status.state === 'ended';
}

/** Null during a start of the usual length. */
function waitingFor({ id, userId, status }: DebugSession, ms: number): string | null {
  if (status.state === 'asking') {
    const [from, until] = [clock(status.approvableAt), clock(status.until)];
    return `Waiting until ${until} for ${userId} to approve. From ${from}, an administrator may run: deskpod debug approve ${id}`;
  }
  if (status.state === 'starting' && status.detail !== null) return `Starting: ${status.detail}`;
  return ms < POLL_MS ? null : 'Starting …';
}

function succeeded(session: DebugSession): DebugSession {
  const { status } = session;
  if (status.state !== 'ended' || status.reason === 'exited') return session;
  const remedy =
    status.reason === 'unanswered'
      ? 'Ask an administrator to approve, or try again when the owner is available.'
      : undefined;
  throw new CliError(status.message ?? DEBUG_END_SENTENCES[status.reason], remedy === undefined ? {} : { remedy });
}

/** Ends the session, whether it still waits, runs or has ended. Never fails: what the command did counts more. */
export async function endQuietly(client: Client, id: string): Promise<void> {
  const end = client.debug.end(id).catch(ignore('it may have ended with its terminal'));
  await Promise.race([end, delay(END_TIMEOUT_MS, undefined, { ref: false })]);
}
