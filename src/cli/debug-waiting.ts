/** Follows a look from asking to running, says on standard error what it waits for; Ctrl-C takes it back. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '#client/client.ts';
import type { DebugEnd, DebugSession } from '#protocol/debug.ts';
import { CliError, EXIT } from './failure.ts';
import { clock } from './io.ts';
import type { Io } from './io.ts';

/** Longer than the server waits for consent and the engine for an image together. */
const PATIENCE_MS = 40 * 60_000;
/** The stream of events wakes it earlier; this is for what no event tells. */
const LOOK_AGAIN_MS = 1_000;
const END_TIMEOUT_MS = 5_000;

const WHY: Readonly<Record<DebugEnd, string>> = {
  stopped: 'It was stopped before it began.',
  exited: 'It has ended by itself.',
  expired: 'Its time was over.',
  ended_by_owner: 'The person whose desktop it is ended it.',
  ended_by_admin: 'An administrator ended it.',
  desktop_ended: 'The desktop has ended.',
  declined: 'They did not agree.',
  unanswered: 'Nobody agreed in time.',
  failed: 'It could not be started.',
};

/** Resolves when it runs, or has run already; everything else is a CliError that says why. */
export async function untilAllowed(io: Io, client: Client, asked: DebugSession): Promise<DebugSession> {
  const enough = new AbortController();
  const signal = AbortSignal.any([enough.signal, io.interrupted, AbortSignal.timeout(PATIENCE_MS)]);
  const bell = new Bell();
  let session = asked;
  const begun = performance.now();
  let said = '';
  try {
    if (!isSettled(session)) void bell.ringAtChanges(client, asked.id, signal);
    while (!isSettled(session)) {
      const line = waitingFor(session, performance.now() - begun);
      if (line !== null && line !== said) io.stderr.write(`${line}\n`);
      said = line ?? said;
      await bell.next(LOOK_AGAIN_MS, signal);
      session = await client.debug.get(asked.id, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    await takeBack(client, asked.id);
    throw io.interrupted.aborted
      ? new CliError('Taken back.', { exitCode: EXIT.interrupted })
      : new CliError('It took too long and was taken back.');
  } finally {
    enough.abort();
  }
  return succeeded(session);
}

/** Something that happened between two waits is not lost. */
class Bell {
  #rung = Promise.withResolvers<void>();

  async ringAtChanges(client: Client, id: string, signal: AbortSignal): Promise<void> {
    try {
      for await (const event of client.events({ signal }))
        if (event.type === 'debug' && event.session.id === id) this.#rung.resolve();
    } catch {
      // Then it is looked at every second.
    }
  }

  async next(mostMs: number, signal: AbortSignal): Promise<void> {
    const silence = new AbortController();
    const late = delay(mostMs, undefined, { signal: AbortSignal.any([signal, silence.signal]) });
    late.catch(() => undefined);
    await Promise.race([this.#rung.promise, late]).finally(() => silence.abort());
    this.#rung = Promise.withResolvers();
  }
}

function isSettled({ status }: DebugSession): boolean {
  return status.state === 'running' || status.state === 'ended';
}

/** A start of the usual length needs no words. */
function waitingFor({ id, userId, status }: DebugSession, ms: number): string | null {
  if (status.state === 'asking') {
    const [from, until] = [clock(status.approvableAt), clock(status.until)];
    return `Waiting until ${until} for ${userId} to agree; an administrator may approve from ${from}: deskpod looks approve ${id}`;
  }
  if (status.state === 'starting' && status.detail !== null) return `Starting: ${status.detail}`;
  return ms < LOOK_AGAIN_MS ? null : 'Starting …';
}

function succeeded(session: DebugSession): DebugSession {
  const { status } = session;
  if (status.state !== 'ended' || status.reason === 'exited') return session;
  const remedy =
    status.reason === 'unanswered' ? 'Ask an administrator to approve, or try when they are there.' : undefined;
  throw new CliError(status.message ?? WHY[status.reason], remedy === undefined ? {} : { remedy });
}

/** Whether it still waits or runs by now is not known; the server sorts it out. */
async function takeBack(client: Client, id: string): Promise<void> {
  const late = delay(END_TIMEOUT_MS, undefined, { ref: false });
  await Promise.race([client.debug.end(id).catch(() => undefined), late]);
}
