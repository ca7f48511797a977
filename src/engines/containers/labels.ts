/**
 * The labels by which objects are known as ours and as whose: those of the compatible system, and exact values of our
 * own beside them. An object without all of the first two is foreign and never touched.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ToolboxSpec } from '#domain/debug/engine.ts';
import type { Account, DesktopSpec, LaunchSpec, Regional, Target } from '#domain/engine.ts';
import { labelValue } from '#domain/names.ts';
import { Runtime } from '#protocol/app.ts';
import { DebugProfile } from '#protocol/debug.ts';

export type Labels = Readonly<Record<string, string>>;

const MANAGED = 'app.kubernetes.io/managed-by';
const INSTANCE = 'deskpod/instance';
const DESKTOP = 'deskpod/desktop';
const TOOLBOX = 'deskpod/toolbox';
const TARGET_LAUNCH = 'deskpod/target';
const TARGET_CONTAINER = 'deskpod/target-container';
const TIMEZONE = 'deskpod/timezone';
const LOCALE = 'deskpod/locale';

/** Which installation an object belongs to: several may share one engine. */
export function instanceLabels(dataDir: string): Labels {
  return { [MANAGED]: 'deskpod', [INSTANCE]: createHash('sha256').update(dataDir).digest('hex').slice(0, 12) };
}

/** The engine's filter for objects with all of these labels. */
export function labelFilter(labels: Labels): string {
  return JSON.stringify({ label: Object.entries(labels).map(([key, value]) => `${key}=${value}`) });
}

export function ofDesktop(desktopId: string): Labels {
  return { [DESKTOP]: desktopId };
}

/** The desktop whose own container this is; null: it is none. */
export function anchorOf(labels: Labels): string | null {
  return labels['type'] === 'x11server' ? (labels[DESKTOP] ?? null) : null;
}

export function carries(labels: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}

/** The spec's labels come first, so that none of them can pretend to be one of these. */
export function desktopLabels(instance: Labels, spec: DesktopSpec): Labels {
  return {
    ...spec.labels,
    ...personal(spec.account),
    ...instance,
    ...ofDesktop(spec.id),
    ...regionalLabels(spec.regional),
    type: 'x11server',
    domain: 'desktop',
  };
}

function regionalLabels({ timezone, locale }: Regional): Labels {
  return { ...(timezone === null ? {} : { [TIMEZONE]: timezone }), ...(locale === null ? {} : { [LOCALE]: locale }) };
}

export function regionalOf(labels: Labels): Regional {
  return { timezone: labels[TIMEZONE] ?? null, locale: labels[LOCALE] ?? null };
}

export function launchLabels(instance: Labels, spec: LaunchSpec, account: Account): Labels {
  return {
    ...spec.labels,
    ...personal(account),
    ...instance,
    ...ofDesktop(spec.desktopId),
    type: spec.runtime,
    'deskpod/app': spec.appName,
  };
}

export function toolboxLabels(instance: Labels, spec: ToolboxSpec, special: boolean, account: Account): Labels {
  const { desktopId, launchId, container } = spec.target;
  return {
    ...personal(account),
    ...instance,
    ...ofDesktop(desktopId),
    type: 'toolbox',
    [TOOLBOX]: spec.name,
    ...(launchId === undefined ? {} : lookingInto(launchId)),
    ...(container === undefined ? {} : { [TARGET_CONTAINER]: container }),
    'deskpod/by': spec.by,
    'deskpod/profile': spec.profile,
    'deskpod/special': String(special),
  };
}

/** Of the toolboxes that look into this launch. */
export function lookingInto(launchId: string): Labels {
  return { [TARGET_LAUNCH]: launchId };
}

const Toolbox = z.object({
  [TOOLBOX]: z.string(),
  [TARGET_LAUNCH]: z.string().optional(),
  [TARGET_CONTAINER]: z.string().optional(),
  'deskpod/by': z.string(),
  'deskpod/profile': DebugProfile,
  'deskpod/special': z.stringbool(),
});

export interface ToolboxFacts {
  readonly name: string;
  readonly target: Target;
  readonly by: string;
  readonly profile: DebugProfile;
  readonly special: boolean;
}

/** What the labels of one of our toolboxes say beyond whose it is; null when they are damaged. */
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
    special: data['deskpod/special'],
  };
}

function personal(account: Account): Labels {
  return {
    access_userid: labelValue(account.userId),
    access_username: labelValue(account.displayName),
    access_provider: labelValue(account.provider),
    access_providertype: labelValue(account.provider),
    'deskpod/user': account.userId,
    'deskpod/username': account.displayName,
    'deskpod/provider': account.provider,
    'deskpod/uid': String(account.uid),
    'deskpod/gid': String(account.gid),
  };
}

const Personal = z.object({
  'deskpod/user': z.string(),
  'deskpod/username': z.string(),
  'deskpod/provider': z.string(),
  'deskpod/uid': z.coerce.number().int().positive(),
  'deskpod/gid': z.coerce.number().int().positive(),
  [DESKTOP]: z.string(),
  type: z.union([z.literal(['x11server', 'toolbox']), Runtime]),
});

/** What the labels of one of our objects say; null when they are damaged. */
export function readLabels(
  labels: Labels,
): { type: 'x11server' | 'toolbox' | Runtime; desktopId: string; account: Account } | null {
  const parsed = Personal.safeParse(labels);
  if (!parsed.success) return null;
  const { data } = parsed;
  return {
    type: data.type,
    desktopId: data[DESKTOP],
    account: {
      userId: data['deskpod/user'],
      displayName: data['deskpod/username'],
      provider: data['deskpod/provider'],
      uid: data['deskpod/uid'],
      gid: data['deskpod/gid'],
    },
  };
}
