/** The containers of desktops and launches as the engine is asked for them: pure functions from our words to its own. */
import type { Account, DesktopSpec, LaunchSpec } from '#domain/engine.ts';
import type { Environment, Limits } from '#protocol/app.ts';
import type { Flavour } from './api.ts';
import { desktopEnvironment, launchEnvironment } from '../inside/environment.ts';
import { networkName, serverSocketBind, wiringOf, type DisplayPlace } from './display-wiring.ts';
import type { Labels } from './labels.ts';
import { bind, type Bind } from './mounts.ts';
import { INSIDE, type DesktopPaths } from './paths.ts';

/** What is common to all containers of one engine. */
export interface Surroundings {
  readonly flavour: Flavour;
  readonly shmBytes: number;
  /** For people and programs: the host. */
  readonly node: string;
  /** Whether the engine can put a reaping process 1 into a container. */
  readonly init: boolean;
  /** Of this machine: Docker refuses to grant more. */
  readonly processors: number;
}

export interface Home {
  readonly outside: string;
  readonly inside: string;
}

export const OUR_IMAGES = 'localhost/deskpod/';
const MB = 1024 * 1024;
const SCRATCH = 512 * MB;
/** A runaway may not take the host with it, whatever the app's own limits say. */
const MOST_PROCESSES = 4096;

export function desktopBody(
  spec: DesktopSpec,
  labels: Labels,
  paths: DesktopPaths,
  home: Home,
  around: Surroundings,
): object {
  const env = desktopEnvironment(spec, {
    home: home.inside,
    node: around.node,
    xauthority: `${INSIDE.secret}/Xauthority`,
  });
  return {
    Image: spec.image,
    Hostname: spec.id,
    User: `${spec.account.uid}:${spec.account.gid}`,
    WorkingDir: home.inside,
    Env: assignments(env),
    Labels: labels,
    HostConfig: {
      ...confined(spec.limits, around),
      ...scratch(true),
      NetworkMode: networkName(spec.id),
      IpcMode: 'shareable',
      ShmSize: around.shmBytes,
      Binds: [
        ...shared(paths, home),
        bind(paths.secret, INSIDE.secret, 'ro'),
        bind(paths.rfb, INSIDE.rfb, 'rw'),
        serverSocketBind(paths.x11),
      ],
    },
  };
}

/** The desktop as its launches see it. */
export interface LaunchDesktop {
  readonly place: DisplayPlace;
  readonly account: Account;
  readonly paths: DesktopPaths;
  readonly home: Home;
  readonly inherited: Environment;
}

export function launchBody(spec: LaunchSpec, labels: Labels, desktop: LaunchDesktop, around: Surroundings): object {
  const wiring = wiringOf(spec.runtime, spec.id, desktop.place);
  const { account, home } = desktop;
  const env = launchEnvironment(spec, {
    account,
    home: home.inside,
    node: around.node,
    xauthority: INSIDE.xauthority,
    display: wiring.display,
    address: desktop.place.address,
    inside: wiring.connection === 'local',
    inherited: desktop.inherited,
  });
  return {
    Image: spec.image,
    User: `${account.uid}:${account.gid}`,
    WorkingDir: home.inside,
    Env: assignments(env),
    Labels: labels,
    ...(wiring.hostname === null ? {} : { Hostname: wiring.hostname }),
    ...(spec.command.length > 0 ? { Entrypoint: spec.command, Cmd: [] } : {}),
    HostConfig: {
      ...confined(spec.limits, around),
      ...scratch(spec.image.startsWith(OUR_IMAGES)),
      // Inside the desktop its process 1 reaps; alone, somebody must.
      ...(wiring.connection === 'remote' ? { Init: around.init, ShmSize: around.shmBytes } : {}),
      ...wiring.namespaces,
      Binds: [...shared(desktop.paths, home), bind(desktop.paths.xauthority, INSIDE.xauthority, 'ro'), ...wiring.binds],
    },
  };
}

/** What every container of a desktop sees of its user. */
export function shared(paths: DesktopPaths, home: Home): Bind[] {
  return [
    bind(home.outside, home.inside, 'rw'),
    bind(paths.accounts, INSIDE.accounts, 'ro'),
    bind(`${paths.accounts}/passwd`, '/etc/passwd', 'ro'),
    bind(`${paths.accounts}/group`, '/etc/group', 'ro'),
  ];
}

function confined(limits: Limits, around: Surroundings): object {
  return {
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges'],
    Privileged: false,
    PidsLimit: limits.processes ?? MOST_PROCESSES,
    ...(limits.memoryBytes === undefined ? {} : { Memory: limits.memoryBytes, MemorySwap: limits.memoryBytes }),
    ...(limits.cpus === undefined ? {} : { NanoCpus: Math.round(Math.min(limits.cpus, around.processors) * 1e9) }),
    ...boundedLog(around),
  };
}

/** What one talkative container can write to the disk; Podman is told by its own configuration. */
export function boundedLog({ flavour }: Surroundings): object {
  return flavour === 'docker'
    ? { LogConfig: { Type: 'json-file', Config: { 'max-size': '16m', 'max-file': '2' } } }
    : {};
}

/** A read-only root with room for temporary files; images of others may count on writing to theirs. */
function scratch(readOnly: boolean): object {
  if (!readOnly) return {};
  const options = `rw,nosuid,nodev,mode=1777,size=${SCRATCH}`;
  return {
    ReadonlyRootfs: true,
    Tmpfs: { '/tmp': options, '/var/tmp': options, '/run': `rw,nosuid,nodev,mode=755,size=${16 * MB}` },
  };
}

export function assignments(env: Environment): string[] {
  return Object.entries(env).map(([name, value]) => `${name}=${value}`);
}
