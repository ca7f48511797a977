/**
 * Ending what a launch started. A launch inside a desktop shares its process namespace, where the engine's own stop
 * reaches only the first process; all of them are known by their cgroup.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { DeskpodError } from '#domain/errors.ts';
import { isStatus } from './api.ts';
import { processesOf } from './cgroups.ts';
import type { Context } from './context.ts';

/** The kernel tells nobody that a cgroup became empty where version 1 rules: these are the pauses between looks. */
const FIRST_LOOK_MS = 10;
const LAST_LOOK_MS = 100;
/** How long killed processes may take to be gone: longer only when the kernel itself is stuck. */
const KILL_TIMEOUT_MS = 10_000;
/** Each time, one of those that had joined it went by itself. */
const REMOVE_ATTEMPTS = 5;

/** Returns when none is left. Aborting stops the waiting, not what was begun. */
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

/** By container id; processes, container and its log. One that is not there is fine. */
export async function removeContainer(context: Context, containerId: string): Promise<void> {
  await endProcesses(containerId);
  for (let attempt = 1; attempt <= REMOVE_ATTEMPTS; attempt += 1)
    if (await removed(context, containerId, attempt === REMOVE_ATTEMPTS)) break;
  context.outOfMemory.forget(containerId);
  context.cgroups.forget(containerId);
}

/** False: one of those that had joined it went at this moment, and it may be there still. */
async function removed(context: Context, containerId: string, last: boolean): Promise<boolean> {
  try {
    await context.api.text('DELETE', `/containers/${containerId}`, { query: { force: true, v: true } });
    return true;
  } catch (error) {
    // 409: another request removes it at this moment.
    if (isStatus(error, 404, 409)) return true;
    // Podman refuses to remove what others have joined; their processes cannot outlive the namespaces that ended with it.
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
    } catch {
      // It ended in between.
    }
  }
}
