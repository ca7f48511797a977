/**
 * The labels by which objects are known as ours and as whose: those of the compatible system, and exact values of our
 * own beside them. An object without all of the first two is foreign and never touched.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Account, DesktopSpec, LaunchSpec } from '#domain/engine.ts';
import { labelValue } from '#domain/names.ts';
import { Runtime } from '#protocol/app.ts';

export type Labels = Readonly<Record<string, string>>;

const MANAGED = 'app.kubernetes.io/managed-by';
const INSTANCE = 'deskpod/instance';
const DESKTOP = 'deskpod/desktop';

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
    type: 'x11server',
    domain: 'desktop',
  };
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
  type: z.union([z.literal('x11server'), Runtime]),
});

/** What the labels of one of our objects say; null when they are damaged. */
export function readLabels(
  labels: Labels,
): { type: 'x11server' | Runtime; desktopId: string; account: Account } | null {
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
