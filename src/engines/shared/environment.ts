/**
 * The variables that every engine sets in desktops and launches, as apps of the compatible system expect them. Pure.
 */
import type { Account, DesktopSpec } from '#domain/ports/engine.ts';
import type { LaunchSpec } from '#domain/ports/engine-launch.ts';
import { loginName } from '#domain/names.ts';
import type { Environment, Limits } from '#protocol/app.ts';

export interface DesktopSetting {
  /** Path of the home in containers. */
  readonly home: string;
  /** Host or node, for display and for programs. */
  readonly node: string;
  readonly xauthority: string;
}

export function desktopEnvironment(spec: DesktopSpec, setting: DesktopSetting): Environment {
  const { account } = spec;
  return {
    LANG: 'C.UTF-8',
    ...spec.env,
    ...identity(account, setting.home),
    DISPLAY: ':0',
    XAUTHORITY: setting.xauthority,
    X11LISTEN: spec.x11Tcp ? 'tcp' : 'unix',
    GEOMETRY: `${spec.geometry.width}x${spec.geometry.height}`,
    ABCDESKTOP_USERID: account.userId,
    ABCDESKTOP_USERNAME: account.displayName,
    ABCDESKTOP_PROVIDERNAME: account.provider,
    ABCDESKTOP_PROVIDERTYPE: account.provider,
    NODE_NAME: setting.node,
    POD_NAME: spec.id,
  };
}

/** The desktop as its launches see it. */
export interface LaunchSetting extends DesktopSetting {
  readonly account: Account;
  readonly display: string;
  /** Of the desktop. */
  readonly address: string;
  /** Whether it runs inside the desktop. */
  readonly insideDesktop: boolean;
  /** Whether it is an image of the product, which has the desktop's locale. */
  readonly ownImage: boolean;
  readonly inherited: Environment;
}

export function launchEnvironment(spec: LaunchSpec, setting: LaunchSetting): Environment {
  return {
    ...localeOf(setting),
    ...spec.env,
    ...identity(setting.account, setting.home),
    DISPLAY: setting.display,
    XAUTHORITY: setting.xauthority,
    CONTAINER_IP_ADDR: setting.address,
    PARENT_ID: spec.desktopId,
    PARENT_HOSTNAME: setting.node,
    NODE_NAME: setting.node,
    POD_NAME: setting.insideDesktop ? spec.desktopId : spec.id,
    ABCDESKTOP_EXECUTE_RUNTIME: spec.runtime,
    ABCDESKTOP_EXECUTE_RESOURCES: JSON.stringify({ limits: quantities(spec.limits) }),
  };
}

/**
 * In an image without it, a locale makes programs warn and fall back to ASCII. So a foreign image keeps its own
 * locale, if any, with which `LANGUAGE` also works. Its character set is UTF-8 in any case.
 */
function localeOf({ ownImage: owned, inherited }: LaunchSetting): Environment {
  if (owned) return { LANG: 'C.UTF-8', ...inherited };
  const { LANG: _ofOurs, ...others } = inherited;
  return { LC_CTYPE: 'C.UTF-8', ...others };
}

/** Limits as Kubernetes quantities. */
export function quantities({ memoryBytes, cpus }: Limits): { memory?: string; cpu?: string } {
  return {
    ...(memoryBytes === undefined ? {} : { memory: String(memoryBytes) }),
    ...(cpus === undefined ? {} : { cpu: String(cpus) }),
  };
}

/** The variables that tell programs who their user is. */
export function identity(account: Account, home: string): Environment {
  const login = loginName(account.userId);
  return { HOME: home, USER: login, LOGNAME: login };
}
