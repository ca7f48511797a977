/** Ending a toolbox: Kubernetes has no call for it, so its processes are ended from inside. */
import { setTimeout as delay } from 'node:timers/promises';
import { DeskpodError } from '#domain/errors.ts';
import type { Context } from '../context.ts';
import { output } from '../exec.ts';
import { ended } from '../launches.ts';
import { execPlace, type Place } from '../places.ts';
import { containerIdOf, type Pod, statusOf } from '../pod.ts';

const TIMEOUT_MS = 20_000;
const NOTICE_MS = 3_000;

/**
 * HUP to all its processes, which a shell obeys though it ignores TERM; KILL to those left after a moment. This command
 * may itself be one of them: it spares itself, and goes with the container. Any shell will do.
 */
const SCRIPT = `id=$1
[ \${#id} -eq 64 ] || exit 2
members() {
  for file in $(grep -ls "$id" /proc/[0-9]*/cgroup); do
    pid=\${file#/proc/} pid=\${pid%/cgroup}
    [ "$pid" = $$ ] || grep -qs "^PPid:.$$\\$" "/proc/$pid/status" || echo "$pid"
  done
}
signal=HUP round=0
while [ "$round" -lt 100 ]; do
  pids=$(members)
  [ -n "$pids" ] || exit 0
  kill -$signal $pids 2>/dev/null
  kill -CONT $pids 2>/dev/null
  round=$((round + 1))
  [ "$round" -lt 5 ] || signal=KILL
  sleep 0.1
done
exit 1`;

/** Returns when the cluster says that it has ended. */
export async function endToolbox(context: Context, { found, container }: Place, signal: AbortSignal): Promise<void> {
  const until = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const containerId = containerIdOf(statusOf(found.pod, container)) ?? '';
  const over = ended(context, found.pod.metadata.name, container, until).then(() => true);
  // It is awaited below; that nobody is there yet is no fault.
  over.catch(() => {});
  let last: unknown = null;
  for (const from of placesToEnd(found.pod, container)) {
    try {
      const command = ['sh', '-c', SCRIPT, 'stop', containerId];
      const { exitCode } = await output(execPlace(context, { found, container: from }), command, until);
      if (exitCode === 0) return void (await over);
      last = new DeskpodError('engine_unavailable', `Some processes of ${container} could not be ended.`);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      last = error;
    }
    // Given in the toolbox itself, the command goes with it and cannot answer; the cluster notices a moment later.
    if (await Promise.race([over, delay(NOTICE_MS, false, { ref: false })])) return;
  }
  throw last;
}

/** Where the command can be given: among the target's processes, which it shares, or in itself, when it is another's. */
function placesToEnd(pod: Pod, container: string): string[] {
  const entry = pod.spec.ephemeralContainers?.find(({ name }) => name === container);
  const joins = entry?.targetContainerName;
  const target = pod.spec.containers.find(({ name }) => name === joins);
  const userOf = (one: typeof entry) => one?.securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser;
  return target === undefined || userOf(entry) !== userOf(target) ? [container] : [target.name, container];
}
