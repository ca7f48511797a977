/**
 * Ending what runs. An ephemeral launch is ended from the graphical container, whose processes see those of all launches
 * inside the desktop: by container id, whatever image they came from (an exec in the image itself needs a shell there,
 * and process 1 of a container ignores even KILL from inside). A pod is ended by its deadline: then its status and its
 * log stay, which a deletion would take along.
 */
import { DeskpodError } from '#domain/errors.ts';
import type { ClusterApi } from './api.ts';
import { hasStatus } from './api.ts';
import { output, type ExecPlace } from './exec.ts';

/** TERM to all processes of a container, KILL to those left after some time; ends when none is left, with their number. */
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
  graphical: ExecPlace,
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
