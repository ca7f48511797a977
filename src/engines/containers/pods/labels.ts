/**
 * The labels that say which objects this server manages, and for whom: those of the compatible system, and exact
 * values. An object without the first two is foreign and never touched.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ToolboxSpec } from '#domain/ports/debug-engine.ts';
import { type Account, type DesktopSpec, isGuest, type Regional, type ServiceName } from '#domain/ports/engine.ts';
import type { LaunchSpec, Target } from '#domain/ports/engine-launch.ts';
import { accessLabels, Identity, identityLabels } from '../../shared/identity-labels.ts';
import { sharedNames } from '../../shared/shared-names.ts';
import { Runtime } from '#protocol/app.ts';
import { DebugProfile } from '#protocol/debug.ts';
import type { Home } from '#protocol/desktop.ts';

export type Labels = Readonly<Record<string, string>>;

const MANAGED = 'app.kubernetes.io/managed-by';
const INSTANCE = 'deskpod/instance';
const DESKTOP = 'deskpod/desktop';
const TOOLBOX = 'deskpod/toolbox';
const TARGET_LAUNCH = 'deskpod/target';
const TARGET_CONTAINER = 'deskpod/target-container';
const TIMEZONE = 'deskpod/timezone';
const LANGUAGES = 'deskpod/languages';
const HOME = 'deskpod/home';
const SERVICES = 'deskpod/services';
const SERVICE = 'deskpod/service';
const SHARED = 'deskpod/shared';
/** Named as version 0.1.0 wrote it. */
const NOT_SHARED = 'deskpod/special';

/** Distinguishes the installations of one machine: 12 hexadecimal digits. `dataDir` is absolute. */
export function instanceId(dataDir: string): string {
  return createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
}

/** The installation that an object belongs to: several may share one engine. */
export function instanceLabels(dataDir: string): Labels {
  return { [MANAGED]: 'deskpod', [INSTANCE]: instanceId(dataDir) };
}

/** The engine's filter for objects with all of these labels. */
export function labelFilter(labels: Labels): string {
  return JSON.stringify({ label: Object.entries(labels).map(([key, value]) => `${key}=${value}`) });
}

export function ofDesktop(desktopId: string): Labels {
  return { [DESKTOP]: desktopId };
}

/** The desktop whose own container this is; null when it is none. */
export function anchorOf(labels: Labels): string | null {
  return labels['type'] === 'x11server' ? (labels[DESKTOP] ?? null) : null;
}

export function carries(labels: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}

/** The spec's labels come first, so that none of them can override the others. */
export function desktopLabels(instance: Labels, spec: DesktopSpec, services: readonly ServiceName[]): Labels {
  return {
    ...spec.labels,
    ...accessLabels(spec.account),
    ...identityLabels(spec.account),
    ...instance,
    ...ofDesktop(spec.id),
    ...regionalLabels(spec.regional),
    [HOME]: isGuest(spec.account) ? 'lost' : 'kept',
    [SERVICES]: services.join(' '),
    ...(spec.shared.length === 0 ? {} : { [SHARED]: JSON.stringify(spec.shared) }),
    type: 'x11server',
    domain: 'desktop',
  };
}

function regionalLabels({ timezone, languages }: Regional): Labels {
  return {
    ...(timezone === null ? {} : { [TIMEZONE]: timezone }),
    ...(languages.length === 0 ? {} : { [LANGUAGES]: languages.join(' ') }),
  };
}

export function regionalOf(labels: Labels): Regional {
  return { timezone: labels[TIMEZONE] ?? null, languages: labels[LANGUAGES]?.split(' ') ?? [] };
}

/** Desktops without this label, made by earlier versions, have homes that are kept. */
export function homeIn(labels: Labels): Home {
  return labels[HOME] === 'lost' ? 'lost' : 'kept';
}

/** The services that a desktop has; those of earlier versions have none. */
export function servicesIn(labels: Labels): ServiceName[] {
  return ServiceNames.parse((labels[SERVICES] ?? '').split(' '));
}

/** The names of a desktop's shared folders. */
export function sharedIn(labels: Labels): string[] {
  return sharedNames(labels[SHARED]);
}

export function serviceLabels(instance: Labels, service: ServiceName, desktopId: string, account: Account): Labels {
  return {
    ...accessLabels(account),
    ...identityLabels(account),
    ...instance,
    ...ofDesktop(desktopId),
    type: 'service',
    [SERVICE]: service,
  };
}

/** Which service a container with the type `service` is. */
export function serviceOf(labels: Labels): string {
  return labels[SERVICE] ?? '';
}

export function launchLabels(instance: Labels, spec: LaunchSpec, account: Account): Labels {
  return {
    ...spec.labels,
    ...accessLabels(account),
    ...identityLabels(account),
    ...instance,
    ...ofDesktop(spec.desktopId),
    type: spec.runtime,
    'deskpod/app': spec.appName,
  };
}

export function toolboxLabels(instance: Labels, spec: ToolboxSpec, account: Account): Labels {
  const { desktopId, launchId, container } = spec.target;
  return {
    ...accessLabels(account),
    ...identityLabels(account),
    ...instance,
    ...ofDesktop(desktopId),
    type: 'toolbox',
    [TOOLBOX]: spec.name,
    ...(launchId === undefined ? {} : targetLabels(launchId)),
    ...(container === undefined ? {} : { [TARGET_CONTAINER]: container }),
    'deskpod/by': spec.by,
    'deskpod/profile': spec.profile,
    [NOT_SHARED]: String(!spec.shared),
  };
}

/** Of the toolboxes whose target is this launch. */
export function targetLabels(launchId: string): Labels {
  return { [TARGET_LAUNCH]: launchId };
}

/** Unknown ones, of a later version, are ignored. */
const ServiceNames = z
  .array(z.enum(['files', 'sound', 'printer', 'video']).nullable().catch(null))
  .transform((names) => names.filter((name) => name !== null));

const Toolbox = z.object({
  [TOOLBOX]: z.string(),
  [TARGET_LAUNCH]: z.string().optional(),
  [TARGET_CONTAINER]: z.string().optional(),
  'deskpod/by': z.string(),
  'deskpod/profile': DebugProfile,
  [NOT_SHARED]: z.stringbool(),
});

export interface ToolboxFacts {
  readonly name: string;
  readonly target: Target;
  readonly by: string;
  readonly profile: DebugProfile;
  readonly shared: boolean;
}

/** What the labels of a toolbox say beyond its owner; null when they are damaged. */
export function readToolbox(labels: Labels, desktopId: string): ToolboxFacts | null {
  const parsed = Toolbox.safeParse(labels);
  if (!parsed.success) return null;
  const { data } = parsed;
  const launchId = data[TARGET_LAUNCH];
  const container = data[TARGET_CONTAINER];
  return {
    name: data[TOOLBOX],
    target: {
      desktopId,
      ...(launchId === undefined ? {} : { launchId }),
      ...(container === undefined ? {} : { container }),
    },
    by: data['deskpod/by'],
    profile: data['deskpod/profile'],
    shared: !data[NOT_SHARED],
  };
}

const Ownership = z.object({
  [DESKTOP]: z.string(),
  type: z.union([z.literal(['x11server', 'service', 'toolbox']), Runtime]),
});

/** What the labels of an own object say; null when they are damaged. */
export function readLabels(
  labels: Labels,
): { type: 'x11server' | 'service' | 'toolbox' | Runtime; desktopId: string; account: Account } | null {
  const account = Identity.safeParse(labels).data;
  const owned = Ownership.safeParse(labels).data;
  return account && owned ? { type: owned.type, desktopId: owned[DESKTOP], account } : null;
}
