/** The container of a toolbox as the engine is asked for it: a pure function from our words to its own. */
import type { ToolboxSpec } from '#domain/debug/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { Environment, Runtime } from '#protocol/app.ts';
import { identity } from '../../inside/environment.ts';
import {
  assignments,
  boundedLog,
  OUR_IMAGES,
  shared,
  type LaunchDesktop,
  type Surroundings,
} from '../container-spec.ts';
import { wiringBeside } from '../display-wiring.ts';
import type { Labels } from '../labels.ts';
import { bind } from '../mounts.ts';
import { INSIDE } from '../paths.ts';
import { hostSecurity, merged, needsRoot, parseCustom, securityOf, type Security } from './profiles.ts';

/** A toolbox may not take the machine with it either. */
const MEMORY = 512 * 1024 ** 2;
const PROCESSES = 512;
const LOCALE = { LANG: 'C.UTF-8' };
const ROOT = { HOME: '/root', USER: 'root', LOGNAME: 'root' };

/** What is looked into, as it runs. */
export interface Beside {
  readonly runtime: Runtime;
  readonly containerId: string;
  /** Whose namespaces it has: its own, or those of what it has joined itself. */
  readonly joinId: string;
  /** For people. */
  readonly name: string;
}

/** What the toolbox's image says of itself. */
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
  around: Surroundings,
): object {
  const custom = parseCustom(spec.custom);
  const security = merged(securityOf(spec.profile), custom);
  const wiring = wiringBeside({ runtime: beside.runtime, containerId: beside.joinId }, desktop.place);
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
      ...boundedLog(around),
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

/** Whether an image of this name and these labels begins with our script. */
export function startsAsToolbox(reference: string, labels: Readonly<Record<string, string>>): boolean {
  return reference.startsWith(OUR_IMAGES) && labels['oc.type'] === 'toolbox';
}

/** `uid:gid`; empty: the image's own, as `kubectl debug` leaves it. */
function userOf(spec: ToolboxSpec, security: Security, image: ToolboxImage, { account }: LaunchDesktop): string {
  const own = spec.plain ? image.user : needsRoot(spec.profile) ? '0:0' : `${account.uid}:${account.gid}`;
  const [uid = '', gid] = own.split(':');
  const user = security.user ?? uid;
  const group = security.group ?? (security.user === null ? gid : undefined);
  if (security.nonRoot && /^(0*|root)$/.test(String(user))) {
    throw new DeskpodError(
      'profile_refused',
      `The profile ${spec.profile} admits no root, whom ${spec.image} runs as.`,
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
