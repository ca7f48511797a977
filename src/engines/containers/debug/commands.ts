/** Lines to copy that do the same without Deskpod, with the words that this engine needs to be found. Pure. */
import type { CommandLine } from '#protocol/inside.ts';
import type { Surroundings } from '../container-spec.ts';

/** Where Docker is found when nothing is said. */
const USUAL_SOCKETS = new Set(['/var/run/docker.sock', '/run/docker.sock']);

export interface CommandFacts {
  /** As the engine calls it. */
  readonly container: string;
  readonly containerId: string;
  /** `uid:gid`, or null for whoever the container runs as. */
  readonly user: string | null;
  readonly running: boolean;
  readonly terminal: boolean;
  /** Of its first process, as this machine counts; null when that cannot be known. */
  readonly hostPid: number | null;
}

export function commandsFor(
  { flavour }: Pick<Surroundings, 'flavour'>,
  socket: string,
  toolboxImage: string,
  facts: CommandFacts,
): CommandLine[] {
  const engine = engineOf(flavour, socket);
  const { container, user } = facts;
  const as = user === null ? '' : ` --user ${user}`;
  const joined = ['pid', 'network', 'ipc'].map((kind) => `--${kind}=container:${container}`).join(' ');
  const target = `--env TOOLBOX_TARGET=${facts.containerId} --env TOOLBOX_NAME=${container}`;
  return [
    ...(facts.running
      ? [
          line('exec', `${engine} exec -it${as} ${container} sh`),
          line('debug', `${engine} run --rm -it ${joined}${as} ${target} ${toolboxImage}`),
          ...(facts.terminal ? [line('attach', `${engine} attach ${container}`)] : []),
        ]
      : []),
    line('logs', `${engine} logs ${container}`),
    line('describe', `${engine} inspect ${container}`),
    ...(facts.hostPid !== null ? [line('nsenter', `nsenter --target ${facts.hostPid} --all`)] : []),
  ];
}

/** Our own Podman has a store of its own: its service is asked, which knows where. */
function engineOf(flavour: Surroundings['flavour'], socket: string): string {
  if (flavour === 'podman') return `podman --url unix://${socket}`;
  return USUAL_SOCKETS.has(socket) ? 'docker' : `docker --host unix://${socket}`;
}

function line(does: CommandLine['does'], text: string): CommandLine {
  return { does, line: text };
}
