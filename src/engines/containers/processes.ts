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
  try {
    await context.api.text('DELETE', `/containers/${containerId}`, { query: { force: true, v: true } });
  } catch (error) {
    // 409: another request removes it at this moment.
    if (!isStatus(error, 404, 409)) await removeWithJoined(context, containerId, error);
  }
  context.outOfMemory.forget(containerId);
  context.cgroups.forget(containerId);
}

/** Podman refuses to remove what others have joined; their processes cannot outlive the namespaces that ended with it. */
async function removeWithJoined(context: Context, containerId: string, refusal: unknown): Promise<void> {
  if (!(refusal instanceof Error) || !/dependent containers/.test(refusal.message)) throw refusal;
  const query = { force: true, depend: true, v: true, timeout: 0 };
  await context.api.text('DELETE', `/v4.0.0/libpod/containers/${containerId}`, { query });
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
