/** How commands in containers end: by themselves, or by a hang-up when their caller is gone. */
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { DeskpodError } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';
import { isStatus } from '#containers-client/api.ts';
import { containerOfProcess } from '../host/cgroups.ts';
import type { Context } from '../context.ts';

const State = z.looseObject({
  Running: z.boolean(),
  /** Null before it started; Podman reports 0 then. */
  ExitCode: z.number().nullish(),
  Pid: z.number().default(0),
  DetachKeys: z.string().nullish(),
});
export type ExecState = z.infer<typeof State>;

/** An engine may notice the end of a command a moment later, which no event reports. */
const LOOK_PAUSE_MS = 25;
const LONG_PAUSE_MS = 250;
const SOON = 20;
const LEFT_TIMEOUT_MS = 15_000;
const HANGUP_GRACE_MS = 500;

/** Null when the engine has forgotten it. */
export async function inspectExec(context: Context, execId: string): Promise<ExecState | null> {
  try {
    return await context.api.json(State, 'GET', `/exec/${execId}/json`);
  } catch (error) {
    if (isStatus(error, 404) || error instanceof DeskpodError) return null;
    throw error;
  }
}

/**
 * The exit code of a command whose output has ended; null when unknown. Once its caller has left, which may be before
 * it started, it gets a hang-up.
 */
export async function finish(
  context: Context,
  execId: string,
  containerId: string,
  left: () => boolean,
): Promise<number | null> {
  let until: number | null = null;
  for (let count = 0; ; count += 1) {
    const state = await inspectExec(context, execId);
    if (state === null) return null;
    if (!state.Running && state.ExitCode != null) return state.ExitCode;
    if (left()) {
      until ??= Date.now() + LEFT_TIMEOUT_MS;
      if (Date.now() > until) return null;
      if (state.Running && state.Pid > 0) await hangUp(state.Pid, containerId);
    }
    await delay(count < SOON || left() ? LOOK_PAUSE_MS : LONG_PAUSE_MS, undefined, { ref: left() });
  }
}

/**
 * HUP, as the kernel sends on a terminal's hang-up, then KILL. The process id may have been reused meanwhile, so its
 * container is checked each time.
 */
export async function hangUp(pid: number, containerId: string): Promise<void> {
  for (const signal of ['SIGHUP', 'SIGKILL'] as const) {
    const until = Date.now() + HANGUP_GRACE_MS;
    const group = await leadsGroup(pid);
    if ((await containerOfProcess(`/proc/${pid}`)) !== containerId) return;
    try {
      process.kill(group ? -pid : pid, signal);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return;
      throw error;
    }
    while (Date.now() < until && (await containerOfProcess(`/proc/${pid}`)) === containerId) await delay(LOOK_PAUSE_MS);
  }
}

/** Whether it is the leader of its process group. */
async function leadsGroup(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(ignore('the process has ended', ''));
  const [, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return group === String(pid);
}
