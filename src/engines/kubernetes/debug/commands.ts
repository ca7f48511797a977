/** Lines to copy that do the same without us: pure. */
import type { CommandLine } from '#protocol/inside.ts';

export interface Subject {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** The regular container that a toolbox beside it names. */
  readonly joins: string;
  readonly image: string;
  readonly runs: boolean;
  /** It has a terminal to attach to. */
  readonly attachable: boolean;
  readonly containerId: string | null;
  /** As the processes of its desktop are counted. */
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
 * The node counts its processes in its own way, which nobody can know from here: it is asked for the first process of
 * the container. Inside the desktop, from a toolbox of root, the number that is known does.
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
