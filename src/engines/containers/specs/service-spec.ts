/** The container of a desktop's service, from its spec. Pure. */
import type { Account, ServiceName } from '#domain/ports/engine.ts';
import type { Environment, Limits } from '#protocol/app.ts';
import { identity } from '../../shared/environment.ts';
import { paperOf } from '../../shared/paper.ts';
import type { Labels } from '../pods/labels.ts';
import {
  accounts,
  assignments,
  confined,
  type HostSettings,
  type Home,
  inCgroup,
  OWN_IMAGES,
  scratch,
  shared,
} from './container-spec.ts';
import { bind } from './mounts.ts';
import { type DesktopPaths, INSIDE } from './paths.ts';
import { servicePaths } from './service-mounts.ts';
import { sharedMounts } from './shared-folders.ts';
import { type DisplayFolder, wiringOfEncoder } from './wiring.ts';

const MB = 1024 * 1024;
/** They are stock servers that mostly wait. */
const LIMITS: Readonly<Record<ServiceName, Limits>> = {
  files: { memoryBytes: 128 * MB, cpus: 1, processes: 64 },
  sound: { memoryBytes: 128 * MB, cpus: 0.5, processes: 64 },
  printer: { memoryBytes: 256 * MB, cpus: 1, processes: 256 },
  video: { memoryBytes: 512 * MB, cpus: 1, processes: 64 },
};

export function serviceImage(service: ServiceName): string {
  return `${OWN_IMAGES}${service}:1`;
}

export interface ServiceDesktop {
  readonly account: Account;
  readonly display: DisplayFolder;
  readonly paths: DesktopPaths;
  readonly home: Home;
  readonly cgroup: string | null;
  /** The names of its shared folders. */
  readonly shared: readonly string[];
  /** Variables of the desktop's container. */
  readonly inherited: Environment;
}

/** Without a network: it is reached by its socket alone. Only the encoder joins the display, and has no home. */
export function serviceBody(
  service: ServiceName,
  desktop: ServiceDesktop,
  labels: Labels,
  settings: HostSettings,
): object {
  const { account, paths, home, cgroup, inherited } = desktop;
  const wiring = service === 'video' ? wiringOfEncoder(desktop.display) : null;
  const timezone = inherited['TZ'];
  const { binds, groups } = sharedMounts(settings.shared, service === 'files' ? desktop.shared : [], home.inside);
  const { secret, folder, own, inside } = servicePaths(paths, service);
  const env: Environment = {
    ...identity(account, home.inside),
    ...(timezone === undefined ? {} : { TZ: timezone }),
    ...(service === 'printer' ? { PAPER: paperOf(inherited) } : {}),
    ...(wiring === null ? {} : { XAUTHORITY: INSIDE.xauthority }),
    SOCKET: `${inside}/${own}`,
  };
  return {
    Image: serviceImage(service),
    User: `${account.uid}:${account.gid}`,
    Env: assignments(env),
    Labels: labels,
    HostConfig: {
      ...confined(LIMITS[service], settings),
      ...inCgroup(cgroup),
      ...scratch(true, settings),
      ...(wiring?.namespaces ?? { NetworkMode: 'none', IpcMode: 'private' }),
      ...groups,
      Binds: [
        ...(wiring === null ? shared(paths, home) : [...accounts(paths), ...wiring.binds]),
        ...(wiring === null ? [] : [bind(paths.xauthority, INSIDE.xauthority, 'ro')]),
        ...binds,
        bind(secret, INSIDE.secret, 'ro'),
        bind(folder, inside, 'rw'),
      ],
    },
  };
}
