/** The engine's containers of desktops and launches, from their specs. Pure. */
import type { Account, DesktopSpec, ServiceName } from '#domain/ports/engine.ts';
import type { LaunchSpec } from '#domain/ports/engine-launch.ts';
import type { Environment, Limits, SeccompProfile } from '#protocol/app.ts';
import type { Flavour } from '#containers-client/api.ts';
import { desktopEnvironment, launchEnvironment } from '../../shared/environment.ts';
import { networkName, serverSocketBind, wiringOf, type DisplayFolder } from './wiring.ts';
import type { Labels } from '../pods/labels.ts';
import { classMac } from '../pods/class-mac.ts';
import { bind, type Bind } from './mounts.ts';
import { INSIDE, type DesktopPaths } from './paths.ts';
import { securityOptions } from './security.ts';
import { type HostFolder, sharedMounts } from './shared-folders.ts';
import { serviceBinds, serviceVariables } from './service-mounts.ts';
import { ZONEINFO } from './zone-file.ts';

/** Facts about the engine and its host that all containers need. */
export interface HostSettings {
  readonly flavour: Flavour;
  readonly shmBytes: number;
  /** Of `/tmp`, and of `/var/tmp`, where the root file system is read-only. */
  readonly tmpBytes: number;
  /** That new desktops have. */
  readonly services: readonly ServiceName[];
  /** Host name, for display and for programs. */
  readonly node: string;
  /** Whether the engine can put a reaping process 1 into a container. */
  readonly init: boolean;
  /** The most that one container gets: Docker and cgroups of version 1 refuse more than there are above it. */
  readonly processors: number;
  /** Folders that desktops can get. */
  readonly shared: readonly HostFolder[];
  /** The folder of the seccomp profiles. */
  readonly seccomp: string;
}

export interface Home {
  readonly outside: string;
  readonly inside: string;
}

export const OWN_IMAGES = 'localhost/deskpod/';
const MB = 1024 * 1024;
/** Protects the host from runaway programs, whatever the app's own limits. */
const MOST_PROCESSES = 4096;

export interface DesktopSurroundings {
  readonly printQueue: string;
  /** The parent of all its containers; null if it has none. */
  readonly cgroup: string | null;
  /** A folder of this machine; null without one. */
  readonly wallpapers: string | null;
  /** The names of its shared folders. */
  readonly shared: readonly string[];
}

/**
 * `cgroup`: the parent of all the desktop's containers; `wallpapers`: a folder of this machine with an administrator's
 * wallpapers.
 */
export function desktopBody(
  spec: DesktopSpec,
  labels: Labels,
  paths: DesktopPaths,
  home: Home,
  settings: HostSettings,
  { printQueue, cgroup, wallpapers, shared: names }: DesktopSurroundings,
): object {
  const { binds, groups } = sharedMounts(settings.shared, names, home.inside);
  const ofDesktop = desktopEnvironment(spec, {
    home: home.inside,
    node: settings.node,
    xauthority: `${INSIDE.secret}/Xauthority`,
  });
  const env = { ...serviceVariables(settings.services, printQueue), ...ofDesktop };
  return {
    Image: spec.image,
    Hostname: spec.id,
    User: `${spec.account.uid}:${spec.account.gid}`,
    WorkingDir: home.inside,
    Env: assignments(env),
    Labels: labels,
    HostConfig: {
      ...confined(spec.limits, settings),
      ...inCgroup(cgroup),
      ...scratch(true, settings),
      NetworkMode: networkName(spec.id),
      IpcMode: 'shareable',
      ShmSize: settings.shmBytes,
      ...groups,
      Binds: [
        ...shared(paths, home),
        ...binds,
        bind(paths.secret, INSIDE.secret, 'ro'),
        bind(paths.rfb, INSIDE.rfb, 'rw'),
        ...serviceBinds(paths, settings.services),
        ...(wallpapers === null ? [] : [bind(wallpapers, INSIDE.wallpapers, 'ro')]),
        serverSocketBind(paths.x11),
      ],
    },
  };
}

/** The desktop as its launches see it. */
export interface LaunchDesktop {
  readonly display: DisplayFolder;
  readonly account: Account;
  readonly paths: DesktopPaths;
  readonly home: Home;
  readonly inherited: Environment;
  readonly services: readonly ServiceName[];
  /** The names of its shared folders. */
  readonly shared: readonly string[];
  readonly printQueue: string;
  /** Of the desktop's image. */
  readonly image: string;
  /** The parent of all its containers; null if it has none. */
  readonly cgroup: string | null;
}

/** `zoneinfo`: a folder of this machine with time zones, for an image that may have none. */
export function launchBody(
  spec: LaunchSpec,
  labels: Labels,
  desktop: LaunchDesktop,
  settings: HostSettings,
  zoneinfo: string | null = null,
): object {
  const wiring = wiringOf(spec.runtime, spec.id, desktop.display);
  const { account, home } = desktop;
  const { binds, groups } = sharedMounts(settings.shared, desktop.shared, home.inside);
  const ofDesktop = launchEnvironment(spec, {
    account,
    home: home.inside,
    node: settings.node,
    xauthority: INSIDE.xauthority,
    display: wiring.display,
    address: desktop.display.address,
    insideDesktop: wiring.connection === 'local',
    ownImage: isOwnImage(spec.image),
    inherited: desktop.inherited,
  });
  const env = { ...serviceVariables(desktop.services, desktop.printQueue), ...ofDesktop };
  return {
    Image: spec.image,
    User: `${account.uid}:${account.gid}`,
    WorkingDir: home.inside,
    Env: assignments(env),
    Labels: labels,
    ...(wiring.hostname === null ? {} : { Hostname: wiring.hostname }),
    ...(spec.command.length > 0 ? { Entrypoint: spec.command, Cmd: [] } : {}),
    HostConfig: {
      ...confined(spec.limits, settings, spec.seccomp),
      ...inCgroup(desktop.cgroup),
      ...EXPENDABLE,
      ...scratch(isOwnImage(spec.image), settings),
      // Inside the desktop its process 1 reaps; a separate container needs one that does.
      ...(wiring.connection === 'remote' ? { Init: settings.init, ShmSize: settings.shmBytes } : {}),
      ...wiring.namespaces,
      ...groups,
      Binds: [
        ...shared(desktop.paths, home),
        ...binds,
        bind(desktop.paths.xauthority, INSIDE.xauthority, 'ro'),
        ...serviceBinds(desktop.paths, desktop.services),
        ...(zoneinfo === null ? [] : [bind(zoneinfo, ZONEINFO, 'ro')]),
        ...wiring.binds,
      ],
    },
    ...(wiring.connection === 'remote' ? onNetworkOf(spec) : {}),
  };
}

/** `MacAddress` of the container is for Docker before 25, which ignores that of the endpoint. */
function onNetworkOf({ desktopId, executeClass }: LaunchSpec): object {
  const MacAddress = classMac(executeClass);
  return { MacAddress, NetworkingConfig: { EndpointsConfig: { [networkName(desktopId)]: { MacAddress } } } };
}

export function isOwnImage(image: string): boolean {
  return image.startsWith(OWN_IMAGES);
}

/** The mounts of the user's files in every container of a desktop. */
export function shared(paths: DesktopPaths, home: Home): Bind[] {
  return [bind(home.outside, home.inside, 'rw'), ...accounts(paths)];
}

/** Who the user is, for containers without the files. */
export function accounts(paths: DesktopPaths): Bind[] {
  return [
    bind(paths.accounts, INSIDE.accounts, 'ro'),
    bind(`${paths.accounts}/passwd`, '/etc/passwd', 'ro'),
    bind(`${paths.accounts}/group`, '/etc/group', 'ro'),
  ];
}

/** When memory is short, the kernel ends apps before the desktop that shows them: half of the memory counts extra. */
export const EXPENDABLE = { OomScoreAdj: 500 };

export function inCgroup(cgroup: string | null): object {
  return cgroup === null ? {} : { CgroupParent: cgroup };
}

export function confined(limits: Limits, settings: HostSettings, seccomp: SeccompProfile | null = null): object {
  return {
    CapDrop: ['ALL'],
    SecurityOpt: securityOptions(seccomp, settings),
    Privileged: false,
    PidsLimit: limits.processes ?? MOST_PROCESSES,
    ...(limits.memoryBytes === undefined ? {} : { Memory: limits.memoryBytes, MemorySwap: limits.memoryBytes }),
    ...(limits.cpus === undefined ? {} : { NanoCpus: Math.round(Math.min(limits.cpus, settings.processors) * 1e9) }),
    ...boundedLog(settings),
  };
}

/**
 * Limits the log of one container; Podman's limit is in its configuration. Docker's default log driver writes JSON,
 * which loses a character that is split in two; this driver keeps bytes. A reader that is a whole file behind misses
 * lines unnoticed, so a file is large.
 */
export function boundedLog({ flavour }: HostSettings): object {
  return flavour === 'docker'
    ? { LogConfig: { Type: 'local', Config: { 'max-size': '64m', 'max-file': '2', compress: 'false' } } }
    : {};
}

/** A read-only root with space for temporary files; foreign images may need a writable root. */
export function scratch(readOnly: boolean, { tmpBytes }: HostSettings): object {
  if (!readOnly) return {};
  const options = `rw,nosuid,nodev,mode=1777,size=${tmpBytes}`;
  return {
    ReadonlyRootfs: true,
    Tmpfs: { '/tmp': options, '/var/tmp': options, '/run': `rw,nosuid,nodev,mode=755,size=${16 * MB}` },
  };
}

export function assignments(env: Environment): string[] {
  return Object.entries(env).map(([name, value]) => `${name}=${value}`);
}
