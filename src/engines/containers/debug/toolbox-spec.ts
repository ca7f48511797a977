/** The engine's container of a toolbox, from its spec. Pure. */
import type { ToolboxSpec } from '#domain/ports/debug-engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { Environment, Runtime } from '#protocol/app.ts';
import { identity } from '../../shared/environment.ts';
import {
  assignments,
  boundedLog,
  EXPENDABLE,
  inCgroup,
  OWN_IMAGES,
  shared,
  type LaunchDesktop,
  type HostSettings,
} from '../specs/container-spec.ts';
import { wiringBeside } from '../specs/wiring.ts';
import type { Labels } from '../pods/labels.ts';
import { bind } from '../specs/mounts.ts';
import { INSIDE } from '../specs/paths.ts';
import { hostSecurity, merged, needsRoot, parseCustom, securityOf, type Security } from './profiles.ts';

/** Protects the machine from a toolbox. */
const MEMORY = 512 * 1024 ** 2;
const PROCESSES = 512;
const LOCALE = { LANG: 'C.UTF-8' };
const ROOT = { HOME: '/root', USER: 'root', LOGNAME: 'root' };

/** The running target of a toolbox. */
export interface Beside {
  readonly runtime: Runtime;
  readonly containerId: string;
  /** The container whose namespaces it uses: itself, or the one that it joined. */
  readonly joinId: string;
  /** For people. */
  readonly name: string;
}

/** From the configuration of the toolbox's image. */
export interface ToolboxImage {
  /** Whether its first process is the script `toolbox`. */
  readonly toolbox: boolean;
  /** Empty: root. */
  readonly user: string;
}

export function toolboxBody(
  spec: ToolboxSpec,
  labels: Labels,
  image: ToolboxImage,
  beside: Beside,
  desktop: LaunchDesktop,
  settings: HostSettings,
): object {
  const custom = parseCustom(spec.custom);
  const security = merged(securityOf(spec.profile), custom);
  const wiring = wiringBeside({ runtime: beside.runtime, containerId: beside.joinId }, desktop.display);
  const user = userOf(spec, security, image, desktop);
  const given = { ...spec.env, ...(spec.plain ? {} : ownEnvironment(beside, desktop, wiring.display, user === '0:0')) };
  const env = { ...(spec.plain ? {} : LOCALE), ...given, ...named(custom.env) };
  const command = image.toolbox && !spec.plain ? ['toolbox', ...spec.command] : spec.command;
  return {
    Image: spec.image,
    ...(user === '' ? {} : { User: user }),
    ...(custom.workingDir === undefined ? {} : { WorkingDir: custom.workingDir }),
    Env: assignments(env),
    Labels: labels,
    ...(command.length > 0 ? { Entrypoint: command, Cmd: [] } : {}),
    Tty: true,
    OpenStdin: true,
    StdinOnce: false,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: {
      ...hostSecurity(security),
      ...boundedLog(settings),
      ...inCgroup(desktop.cgroup),
      ...EXPENDABLE,
      PidsLimit: PROCESSES,
      Memory: MEMORY,
      MemorySwap: MEMORY,
      ...wiring.namespaces,
      Binds: spec.plain
        ? []
        : [
            ...shared(desktop.paths, desktop.home),
            bind(desktop.paths.xauthority, INSIDE.xauthority, 'ro'),
            ...wiring.binds,
          ],
    },
  };
}

/** Whether an image with this name and these labels starts with the script `toolbox`. */
export function startsAsToolbox(reference: string, labels: Readonly<Record<string, string>>): boolean {
  return reference.startsWith(OWN_IMAGES) && labels['oc.type'] === 'toolbox';
}

/** `uid:gid`; empty for the image's own user, as with `kubectl debug`. */
function userOf(spec: ToolboxSpec, security: Security, image: ToolboxImage, { account }: LaunchDesktop): string {
  const own = spec.plain ? image.user : needsRoot(spec.profile) ? '0:0' : `${account.uid}:${account.gid}`;
  const [uid = '', gid] = own.split(':');
  const user = security.user ?? uid;
  const group = security.group ?? (security.user === null ? gid : undefined);
  if (security.nonRoot && /^(0*|root)$/.test(String(user))) {
    throw new DeskpodError(
      'profile_refused',
      `The profile ${spec.profile} does not allow root, and ${spec.image} runs as root.`,
      {
        remedy: 'Choose an image that names another user, or another profile.',
      },
    );
  }
  return group === undefined || group === '' ? String(user) : `${user || 0}:${group}`;
}

function ownEnvironment(beside: Beside, desktop: LaunchDesktop, display: string, root: boolean): Environment {
  return {
    ...desktop.inherited,
    ...(root ? ROOT : identity(desktop.account, desktop.home.inside)),
    DISPLAY: display,
    XAUTHORITY: INSIDE.xauthority,
    TOOLBOX_TARGET: beside.containerId,
    TOOLBOX_NAME: beside.name,
  };
}

function named(variables: readonly { readonly name: string; readonly value: string }[] = []): Record<string, string> {
  return Object.fromEntries(variables.map(({ name, value }) => [name, value]));
}
