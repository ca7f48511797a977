/** The variables that every engine gives to desktops and launches: what apps of the compatible system count on. Pure. */
import type { Account, DesktopSpec, LaunchSpec } from '#domain/engine.ts';
import { loginName } from '#domain/names.ts';
import type { Environment, Limits } from '#protocol/app.ts';

/** Variables that launches take over from their desktop. */
export const INHERITED: ReadonlySet<string> = new Set(['TZ', 'LANG', 'LANGUAGE', 'LC_ALL', 'X11LISTEN']);

export interface DesktopPlace {
  /** The home as containers see it. */
  readonly home: string;
  /** Host or node, for people and programs. */
  readonly node: string;
  readonly xauthority: string;
}

export function desktopEnvironment(spec: DesktopSpec, place: DesktopPlace): Environment {
  const { account } = spec;
  return {
    LANG: 'C.UTF-8',
    ...spec.env,
    ...identity(account, place.home),
    DISPLAY: ':0',
    XAUTHORITY: place.xauthority,
    X11LISTEN: spec.x11Tcp ? 'tcp' : 'unix',
    GEOMETRY: `${spec.geometry.width}x${spec.geometry.height}`,
    ABCDESKTOP_USERID: account.userId,
    ABCDESKTOP_USERNAME: account.displayName,
    ABCDESKTOP_PROVIDERNAME: account.provider,
    ABCDESKTOP_PROVIDERTYPE: account.provider,
    NODE_NAME: place.node,
    POD_NAME: spec.id,
  };
}

/** The desktop as its launches see it. */
export interface LaunchPlace extends DesktopPlace {
  readonly account: Account;
  readonly display: string;
  /** Of the desktop. */
  readonly address: string;
  /** Whether it runs inside the desktop. */
  readonly inside: boolean;
  readonly inherited: Environment;
}

export function launchEnvironment(spec: LaunchSpec, place: LaunchPlace): Environment {
  return {
    LANG: 'C.UTF-8',
    ...place.inherited,
    ...spec.env,
    ...identity(place.account, place.home),
    DISPLAY: place.display,
    XAUTHORITY: place.xauthority,
    CONTAINER_IP_ADDR: place.address,
    PARENT_ID: spec.desktopId,
    PARENT_HOSTNAME: place.node,
    NODE_NAME: place.node,
    POD_NAME: place.inside ? spec.desktopId : spec.id,
    ABCDESKTOP_EXECUTE_RUNTIME: spec.runtime,
    ABCDESKTOP_EXECUTE_RESOURCES: JSON.stringify({ limits: quantities(spec.limits) }),
  };
}

/** Those of a desktop's variables that its launches inherit. */
export function inherited(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => INHERITED.has(name)));
}

/** Limits as Kubernetes writes amounts. */
export function quantities({ memoryBytes, cpus }: Limits): { memory?: string; cpu?: string } {
  return {
    ...(memoryBytes === undefined ? {} : { memory: String(memoryBytes) }),
    ...(cpus === undefined ? {} : { cpu: String(cpus) }),
  };
}

/** Who somebody is to programs. */
export function identity(account: Account, home: string): Environment {
  const login = loginName(account.userId);
  return { HOME: home, USER: login, LOGNAME: login };
}
