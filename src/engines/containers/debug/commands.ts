/** Equivalent commands, to copy, with the options that reach this engine. Pure. */
import type { CommandLine } from '#protocol/inspect.ts';
import type { HostSettings } from '../specs/container-spec.ts';

/** Docker's default socket. */
const USUAL_SOCKETS = new Set(['/var/run/docker.sock', '/run/docker.sock']);

export interface CommandFacts {
  /** The engine's name of the container. */
  readonly container: string;
  readonly containerId: string;
  /** `uid:gid`, or null for the container's user. */
  readonly user: string | null;
  readonly running: boolean;
  readonly terminal: boolean;
  /** Host pid of its first process; null when unknown. */
  readonly hostPid: number | null;
}

export function commandsFor(
  { flavour }: Pick<HostSettings, 'flavour'>,
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

/** The server's own Podman has its own store, which only its service knows. */
function engineOf(flavour: HostSettings['flavour'], socket: string): string {
  if (flavour === 'podman') return `podman --url unix://${socket}`;
  return USUAL_SOCKETS.has(socket) ? 'docker' : `docker --host unix://${socket}`;
}

function line(does: CommandLine['does'], text: string): CommandLine {
  return { does, line: text };
}
