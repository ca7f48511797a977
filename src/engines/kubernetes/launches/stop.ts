/** Stopping launches: their containers end, and status and log stay. */
import { containerIdOf, mainOf, statusOf } from '../cluster/pod.ts';
import { type Context, type Found, graphicalContainer, findPod } from '../context.ts';
import { isFinished } from '../pods/describe.ts';
import { endPod, endProcesses } from '../pods/end.ts';
import { desktopOfLaunch } from '../pods/targets.ts';
import { ENDED_TIMEOUT_MS, waitForEnd } from '../pods/wait-ended.ts';

export async function stopLaunch(context: Context, id: string, graceMs: number, signal: AbortSignal): Promise<void> {
  const desktop = desktopOfLaunch(context, id);
  if (desktop) return stopEphemeral(context, desktop, id, graceMs, signal);
  const beside = findPod(context, id, 'launch');
  if (!beside) return;
  const main = mainOf(beside.pod);
  if (isFinished(statusOf(beside.pod, main), beside.pod)) return;
  await endPod(context.api, context.namespace, id, signal);
  await waitForEnd(context, id, main, AbortSignal.any([signal, AbortSignal.timeout(graceMs + ENDED_TIMEOUT_MS)]));
}

export async function stopEphemeral(
  context: Context,
  { pod }: Found,
  id: string,
  graceMs: number,
  signal: AbortSignal,
): Promise<void> {
  const status = statusOf(pod, id);
  const containerId = containerIdOf(status);
  if (!status?.state?.running || containerId === null) return;
  await endProcesses(graphicalContainer(context, pod.metadata.name), containerId, graceMs, signal);
  await waitForEnd(context, pod.metadata.name, id, AbortSignal.any([signal, AbortSignal.timeout(ENDED_TIMEOUT_MS)]));
}
