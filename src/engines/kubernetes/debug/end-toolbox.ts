/** Ending a toolbox. Kubernetes has no call for it, so a command in the pod ends its processes. */
import { waitAtMost } from '#domain/deadlines.ts';
import { DeskpodError } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';
import type { Context } from '../context.ts';
import { output } from '../exec/exec.ts';
import { waitForEnd } from '../pods/wait-ended.ts';
import { containerRef, type ContainerTarget } from '../pods/targets.ts';
import { containerIdOf, type Pod, statusOf } from '../cluster/pod.ts';

const TIMEOUT_MS = 20_000;
const NOTICE_MS = 3_000;

/**
 * HUP to all its processes, because shells ignore TERM; KILL to those left after a moment. This command may itself be
 * one of them: it spares itself, and ends with the container. Works in any shell.
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

/** Returns when the container's status says that it has ended. */
export async function endToolbox(
  context: Context,
  { found, container }: ContainerTarget,
  signal: AbortSignal,
): Promise<void> {
  const until = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const containerId = containerIdOf(statusOf(found.pod, container)) ?? '';
  const gone = waitForEnd(context, found.pod.metadata.name, container, until).then(() => true);
  gone.catch(ignore('every path below waits for it'));
  let last: unknown = null;
  for (const from of containersToEnd(found.pod, container)) {
    try {
      const command = ['sh', '-c', SCRIPT, 'stop', containerId];
      const { exitCode } = await output(containerRef(context, { found, container: from }), command, until);
      if (exitCode === 0) return void (await gone);
      last = new DeskpodError('engine_unavailable', `Some processes of ${container} could not be ended.`);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      last = error;
    }
    // A command in the toolbox itself ends with it and cannot answer; the status follows a moment later.
    if (await waitAtMost(NOTICE_MS, gone, false)) return;
  }
  throw last;
}

/**
 * Where the command can run: in the target, whose processes the toolbox shares, or in the toolbox for another user's.
 */
function containersToEnd(pod: Pod, container: string): string[] {
  const toolbox = pod.spec.ephemeralContainers?.find(({ name }) => name === container);
  const joins = toolbox?.targetContainerName;
  const target = pod.spec.containers.find(({ name }) => name === joins);
  const userOf = (one: typeof toolbox) => one?.securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser;
  return target === undefined || userOf(toolbox) !== userOf(target) ? [container] : [target.name, container];
}
