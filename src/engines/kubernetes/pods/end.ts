/**
 * Ending containers and pods. A command in the graphical container, which sees the processes of all launches inside the
 * desktop, ends an ephemeral launch by its container id. (An exec in the launch needs a shell there, and process 1 of a
 * container ignores even KILL from inside.) A pod is ended by its deadline: unlike a deletion, this keeps status and
 * log.
 */
import { DeskpodError } from '#domain/errors.ts';
import type { ClusterApi } from '../cluster/api.ts';
import { hasStatus } from '../cluster/api-fault.ts';
import { output, type ContainerRef } from '../exec/exec.ts';

/** TERM to all processes of a container, KILL to those left after the grace period; returns when none is left. */
const SCRIPT = `id=$1 left=$2
[ \${#id} -eq 64 ] || exit 2
members() { grep -ls "$id" /proc/[0-9]*/cgroup | cut -d/ -f3; }
signal=TERM
for round in $(seq 400); do
  pids=$(members)
  [ -n "$pids" ] || exit 0
  if [ "$signal" = TERM ] && { [ "$round" = 1 ] || [ "$left" -le 0 ]; }; then
    [ "$left" -gt 0 ] || signal=KILL
    kill -$signal $pids 2>/dev/null
  elif [ "$signal" = KILL ]; then
    kill -KILL $pids 2>/dev/null
  fi
  sleep 0.05
  left=$((left - 50))
done
exit 1`;

export async function endProcesses(
  graphical: ContainerRef,
  containerId: string,
  graceMs: number,
  signal: AbortSignal,
): Promise<void> {
  const command = ['bash', '-c', SCRIPT, 'stop', containerId, String(Math.max(0, Math.round(graceMs)))];
  const { exitCode } = await output(graphical, command, signal);
  if (exitCode !== 0) throw new DeskpodError('engine_unavailable', 'Some of its processes could not be ended.');
}

/** The kubelet ends a pod whose deadline has passed: TERM, its grace, KILL. */
export async function endPod(api: ClusterApi, namespace: string, name: string, signal: AbortSignal): Promise<void> {
  try {
    await api.patch(
      (options) =>
        api.core.patchNamespacedPod({ name, namespace, body: { spec: { activeDeadlineSeconds: 1 } } }, options),
      signal,
    );
  } catch (error) {
    if (!hasStatus(error, 404)) throw error;
  }
}
