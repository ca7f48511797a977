/**
 * Ending the processes of a launch. A launch inside a desktop shares its process namespace, where the engine's own stop
 * reaches only the first process; the cgroup has all of them.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { DeskpodError } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';
import { isStatus } from '#containers-client/api.ts';
import { processesOf } from './cgroups.ts';
import type { Context } from '../context.ts';

/** With cgroup version 1 no event reports an empty cgroup, so it is polled with these pauses. */
const FIRST_LOOK_MS = 10;
const LAST_LOOK_MS = 100;
/** Killed processes disappear within this time, unless the kernel is stuck. */
const KILL_TIMEOUT_MS = 10_000;
/** In each attempt, a container that had joined it disappeared by itself. */
const REMOVE_ATTEMPTS = 5;

/** Returns when none is left. Aborting stops the wait, not the signals that were sent. */
export async function stopProcesses(
  containerId: string,
  graceMs: number,
  signal: AbortSignal,
  kind: 'SIGTERM' | 'SIGHUP' = 'SIGTERM',
): Promise<void> {
  const asked = await processesOf(containerId);
  send(asked, kind);
  const gone = await emptied(containerId, graceMs, signal);
  if (!gone) await endProcesses(containerId);
}

/** KILL, until none is left; new ones that appear meanwhile too. */
export async function endProcesses(containerId: string): Promise<void> {
  const until = Date.now() + KILL_TIMEOUT_MS;
  for (let pause = FIRST_LOOK_MS; Date.now() < until; pause = Math.min(pause * 2, LAST_LOOK_MS)) {
    const pids = await processesOf(containerId);
    if (pids.length === 0) return;
    send(pids, 'SIGKILL');
    await delay(pause);
  }
  throw new DeskpodError(
    'timeout',
    `Some processes of container ${containerId.slice(0, 12)} do not end even when killed.`,
  );
}

/** Removes a container by id, with its processes and log. It is no error when there is none. */
export async function removeContainer(context: Context, containerId: string): Promise<void> {
  await endProcesses(containerId);
  for (let attempt = 1; attempt <= REMOVE_ATTEMPTS; attempt += 1)
    if (await removed(context, containerId, attempt === REMOVE_ATTEMPTS)) break;
  context.outOfMemory.forget(containerId);
  context.cgroups.forget(containerId);
}

/** False when it may still exist, because a container that had joined it disappeared at this moment. */
async function removed(context: Context, containerId: string, last: boolean): Promise<boolean> {
  try {
    await context.api.text('DELETE', `/containers/${containerId}`, { query: { force: true, v: true } });
    return true;
  } catch (error) {
    // 409: another request is removing it.
    if (isStatus(error, 404, 409)) return true;
    // Podman does not remove a container that others joined; their processes ended with its namespaces.
    if (!(error instanceof Error) || !/dependent containers/.test(error.message)) throw error;
  }
  const query = { force: true, depend: true, v: true, timeout: 0 };
  try {
    await context.api.text('DELETE', `/v4.0.0/libpod/containers/${containerId}`, { query });
    return true;
  } catch (error) {
    if (last || !isStatus(error, 404, 409)) throw error;
    return false;
  }
}

async function emptied(containerId: string, graceMs: number, signal: AbortSignal): Promise<boolean> {
  const until = Date.now() + graceMs;
  for (let pause = FIRST_LOOK_MS; ; pause = Math.min(pause * 2, LAST_LOOK_MS)) {
    if ((await processesOf(containerId)).length === 0) return true;
    const left = until - Date.now();
    if (left <= 0) return false;
    await delay(Math.min(pause, left), undefined, { signal });
  }
}

function send(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      ignore('the process has ended')(error);
    }
  }
}
