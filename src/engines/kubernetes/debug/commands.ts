/** Equivalent commands, to copy. Pure. */
import type { CommandLine } from '#protocol/inspect.ts';

export interface Subject {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** The regular container that a toolbox beside it has as `targetContainerName`. */
  readonly joins: string;
  readonly image: string;
  readonly runs: boolean;
  /** It has a terminal to attach to. */
  readonly attachable: boolean;
  readonly containerId: string | null;
  /** In the desktop's process namespace. */
  readonly pid: number | null;
}

export function commandsOf(subject: Subject): CommandLine[] {
  const { namespace, pod, container, joins, image, runs, attachable } = subject;
  const kubectl = (verb: string): string => `kubectl ${verb} --namespace ${namespace}`;
  const within = `${pod} --container ${container}`;
  const lines: CommandLine[] = [
    { does: 'logs', line: `${kubectl('logs')} ${within} --follow` },
    { does: 'describe', line: `${kubectl('describe pod')} ${pod}` },
  ];
  if (!runs) return lines;
  return [
    { does: 'exec', line: `${kubectl('exec')} -it ${within} -- sh` },
    {
      does: 'debug',
      line: `${kubectl('debug')} -it ${pod} --image ${image} --target ${joins} --profile restricted`,
    },
    ...(attachable ? [{ does: 'attach' as const, line: `${kubectl('attach')} -it ${within}` }] : []),
    ...lines,
    ...nsenter(subject),
  ];
}

/**
 * Process ids of the node are not known here, so the node is asked for the first process of the container. In a
 * toolbox of root in the desktop, the known process id works.
 */
function nsenter({ containerId, pid }: Subject): CommandLine[] {
  const onNode =
    containerId === null
      ? []
      : [
          `nsenter --target "$(grep -ls ${containerId} /proc/[0-9]*/cgroup | cut -d/ -f3 | sort -n | head -n 1)" --all -- sh`,
        ];
  const inside = pid === null ? [] : [`nsenter --target ${pid} --mount -- sh`];
  return [...onNode, ...inside].map((line) => ({ does: 'nsenter', line }));
}
