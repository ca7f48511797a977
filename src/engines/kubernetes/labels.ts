/**
 * The labels and annotations by which objects are known as ours and as whose. Labels are those of the compatible system,
 * so that its documented selectors find them; annotations hold the exact values, which labels cannot. An object that
 * lacks the first label is foreign and never touched.
 */
import { z } from 'zod';
import type { Account, DesktopSpec, LaunchSpec, Regional } from '#domain/engine.ts';
import { labelValue } from '#domain/names.ts';
import type { Pod } from './pod.ts';
import { PORTS, type ServiceName } from './ports.ts';

export type Labels = Readonly<Record<string, string>>;

const MANAGED = 'app.kubernetes.io/managed-by';
export const MANAGED_BY: Labels = { [MANAGED]: 'deskpod' };
export const MANAGED_SELECTOR = `${MANAGED}=deskpod`;
export const DESKTOP = 'deskpod/desktop';
const APP = 'deskpod/app';
const IMAGE = 'deskpod/image';
const X11 = 'deskpod/x11';
const TIMEZONE = 'deskpod/timezone';
const LOCALE = 'deskpod/locale';
/** The launch that this one is a copy of. */
export const COPY_OF = 'deskpod/copy-of';
/** One annotation per launch that is forgotten: two servers never overwrite each other's. */
const FORGOTTEN = 'forgotten.deskpod/';

/** What `kubectl wait --selector=type=pod_application` is to find is running, or about to. */
const FINISHED_TYPE = 'pod_application_finished';
export const PULL_TYPES = ['pod_application_pull', 'pod_application'] as const;

const LABEL_KEY = /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;

export function desktopLabels(spec: DesktopSpec, services: readonly ServiceName[]): Labels {
  const offered = services.map((name) => [SERVICE_LABELS[name], String(PORTS[name])]);
  return {
    // First, so that none of them can pretend to be one of these.
    ...valid(spec.labels),
    ...personal(spec.account),
    ...MANAGED_BY,
    [DESKTOP]: spec.id,
    'abcdesktop/role': 'desktop',
    type: 'x11server',
    domain: 'desktop',
    'netpol/ocuser': 'true',
    ...Object.fromEntries(offered),
    service_ephemeral_container: 'enabled',
    service_pod_application: 'enabled',
  };
}

const SERVICE_LABELS: Readonly<Record<ServiceName, string>> = {
  graphical: 'service_graphical',
  files: 'service_filer',
  sound: 'service_sound',
  printer: 'service_printer',
};

export function desktopAnnotations(spec: DesktopSpec, now: Date): Labels {
  const { timezone, locale } = spec.regional;
  return {
    ...exact(spec.account),
    [X11]: spec.x11Tcp ? 'tcp' : 'unix',
    ...(timezone === null ? {} : { [TIMEZONE]: timezone }),
    ...(locale === null ? {} : { [LOCALE]: locale }),
    lastlogin_datetime: now.toISOString().slice(0, 19),
  };
}

export function launchLabels(spec: LaunchSpec, account: Account): Labels {
  return {
    ...valid(spec.labels),
    ...personal(account),
    ...MANAGED_BY,
    [DESKTOP]: spec.desktopId,
    [APP]: labelValue(spec.appName),
    type: 'pod_application',
  };
}

export function launchAnnotations(spec: LaunchSpec, account: Account): Labels {
  return { ...spec.pod.annotations, ...exact(account) };
}

export function pullLabels(app: string, type: (typeof PULL_TYPES)[number]): Labels {
  return { ...MANAGED_BY, [APP]: labelValue(app), type };
}

export function pullAnnotations(reference: string): Labels {
  return { [IMAGE]: reference };
}

/** Of secrets and the like that belong to one desktop. */
export function belongings(desktopId: string, account: Account, type: string): Labels {
  return {
    ...MANAGED_BY,
    [DESKTOP]: desktopId,
    access_userid: labelValue(account.userId),
    access_provider: labelValue(account.provider),
    access_type: type,
  };
}

function personal(account: Account): Labels {
  return {
    access_userid: labelValue(account.userId),
    access_username: labelValue(account.displayName),
    access_provider: labelValue(account.provider),
    access_providertype: labelValue(account.provider),
  };
}

function exact(account: Account): Labels {
  return {
    'deskpod/user': account.userId,
    'deskpod/username': account.displayName,
    'deskpod/provider': account.provider,
    'deskpod/uid': String(account.uid),
    'deskpod/gid': String(account.gid),
  };
}

/** Labels of users come from directories; what Kubernetes would refuse is left out rather than refuse the desktop. */
function valid(labels: Labels): Labels {
  return Object.fromEntries(
    Object.entries(labels).flatMap(([key, value]) => (LABEL_KEY.test(key) ? [[key, labelValue(value)]] : [])),
  );
}

const Exact = z.object({
  'deskpod/user': z.string(),
  'deskpod/username': z.string(),
  'deskpod/provider': z.string(),
  'deskpod/uid': z.coerce.number().int().positive(),
  'deskpod/gid': z.coerce.number().int().positive(),
});

/** What a pod of ours is; null when it is none or damaged. */
export type Ours =
  | { readonly kind: 'desktop' | 'launch'; readonly desktopId: string; readonly account: Account }
  | { readonly kind: 'pull'; readonly app: string; readonly image: string; readonly type: string };

export function readPod({ metadata }: Pod): Ours | null {
  const labels = metadata.labels ?? {};
  const annotations = metadata.annotations ?? {};
  const type = labels['type'] ?? '';
  if (labels[MANAGED] !== 'deskpod') return null;
  const image = annotations[IMAGE];
  if (image !== undefined) return { kind: 'pull', app: labels[APP] ?? '', image, type };
  const parsed = Exact.safeParse(annotations);
  const desktopId = labels[DESKTOP];
  if (!parsed.success || desktopId === undefined) return null;
  const account = {
    userId: parsed.data['deskpod/user'],
    displayName: parsed.data['deskpod/username'],
    provider: parsed.data['deskpod/provider'],
    uid: parsed.data['deskpod/uid'],
    gid: parsed.data['deskpod/gid'],
  };
  return { kind: type === 'x11server' ? 'desktop' : 'launch', desktopId, account };
}

export function regionalOf({ metadata }: Pod): Regional {
  const { [TIMEZONE]: timezone = null, [LOCALE]: locale = null } = metadata.annotations ?? {};
  return { timezone, locale };
}

export function listensOnTcp({ metadata }: Pod): boolean {
  return metadata.annotations?.[X11] === 'tcp';
}

export function isForgotten({ metadata }: Pod, launchId: string): boolean {
  return metadata.annotations?.[`${FORGOTTEN}${launchId}`] !== undefined;
}

/** The change after which a documented `kubectl wait` no longer looks at an app pod that is over. */
export const FINISHING = { metadata: { labels: { type: FINISHED_TYPE } } };

export function isMarkedFinished({ metadata }: Pod): boolean {
  return metadata.labels?.['type'] === FINISHED_TYPE;
}

/** The change to a desktop's metadata after which one of its ephemeral launches is no longer told of. */
export function forgetting(launchId: string, now: Date): object {
  return { metadata: { annotations: { [`${FORGOTTEN}${launchId}`]: now.toISOString() } } };
}
