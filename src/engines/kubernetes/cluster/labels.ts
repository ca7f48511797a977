/**
 * The labels and annotations that say which objects this server manages, and for whom. Labels are those of the
 * compatible system, so that its documented selectors find them; annotations hold the exact values, which labels
 * cannot. An object without the first label is foreign and never touched.
 */
import type { Account, DesktopSpec, Regional } from '#domain/ports/engine.ts';
import type { LaunchSpec } from '#domain/ports/engine-launch.ts';
import { labelValue } from '#domain/names.ts';
import { accessLabels, Identity, identityLabels } from '../../shared/identity-labels.ts';
import { sharedNames } from '../../shared/shared-names.ts';
import type { Pod } from './pod.ts';
import { CONTAINERS, PORTS, type DesktopContainer } from './ports.ts';

export type Labels = Readonly<Record<string, string>>;

const MANAGED = 'app.kubernetes.io/managed-by';
export const MANAGED_BY: Labels = { [MANAGED]: 'deskpod' };
export const MANAGED_SELECTOR = `${MANAGED}=deskpod`;
export const DESKTOP = 'deskpod/desktop';
const APP = 'deskpod/app';
/** The chart's policies of execute classes select it. */
const EXECUTE_CLASS = 'deskpod/execute-class';
const IMAGE = 'deskpod/image';
/** The container that `kubectl logs` and `kubectl exec` use by default; without it they print a notice. */
export const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';
const X11 = 'deskpod/x11';
const TIMEZONE = 'deskpod/timezone';
const LANGUAGES = 'deskpod/languages';
/** The time zone whose file is in the Secret of the account files. */
const ZONE_FILE = 'deskpod/zone-file';
const SHARED = 'deskpod/shared';
/** The launch that this one is a copy of. */
export const COPY_OF = 'deskpod/copy-of';
/** One annotation per forgotten container, so that two servers never overwrite each other's. */
const FORGOTTEN = 'forgotten.deskpod/';

/** `kubectl wait --selector=type=pod_application` must only find pods that run or are about to. */
const FINISHED_TYPE = 'pod_application_finished';
export const PULL_TYPES = ['pod_application_pull', 'pod_application'] as const;

const LABEL_KEY = /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;

export function desktopLabels(spec: DesktopSpec, services: readonly DesktopContainer[]): Labels {
  const offered = services.map((name) => [SERVICE_LABELS[name], String(PORTS[name])]);
  return {
    // First, so that none of them can override the labels below.
    ...valid(spec.labels),
    ...accessLabels(spec.account),
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

const SERVICE_LABELS: Readonly<Record<DesktopContainer, string>> = {
  graphical: 'service_graphical',
  files: 'service_filer',
  sound: 'service_sound',
  printer: 'service_printer',
  video: 'service_video',
};

export function desktopAnnotations(spec: DesktopSpec, now: Date, zone: string | null): Labels {
  const { timezone, languages } = spec.regional;
  return {
    ...identityLabels(spec.account),
    [DEFAULT_CONTAINER]: CONTAINERS.graphical,
    [X11]: spec.x11Tcp ? 'tcp' : 'unix',
    ...(timezone === null ? {} : { [TIMEZONE]: timezone }),
    ...(languages.length === 0 ? {} : { [LANGUAGES]: languages.join(' ') }),
    ...(zone === null ? {} : { [ZONE_FILE]: zone }),
    ...(spec.shared.length === 0 ? {} : { [SHARED]: JSON.stringify(spec.shared) }),
    lastlogin_datetime: now.toISOString().slice(0, 19),
  };
}

export function launchLabels(spec: LaunchSpec, account: Account): Labels {
  return {
    ...valid(spec.labels),
    ...accessLabels(account),
    ...MANAGED_BY,
    [DESKTOP]: spec.desktopId,
    [APP]: labelValue(spec.appName),
    [EXECUTE_CLASS]: labelValue(spec.executeClass),
    type: 'pod_application',
  };
}

export function launchAnnotations(spec: LaunchSpec, account: Account): Labels {
  return { ...spec.pod.annotations, ...identityLabels(account) };
}

export function pullLabels(app: string, type: (typeof PULL_TYPES)[number]): Labels {
  return { ...MANAGED_BY, [APP]: labelValue(app), type };
}

export function pullAnnotations(reference: string, container: string): Labels {
  return { [DEFAULT_CONTAINER]: container, [IMAGE]: reference };
}

/** Labels of Secrets and other objects that belong to one desktop. */
export function ownedObjectLabels(desktopId: string, account: Account, type: string): Labels {
  return {
    ...MANAGED_BY,
    [DESKTOP]: desktopId,
    access_userid: labelValue(account.userId),
    access_provider: labelValue(account.provider),
    access_type: type,
  };
}

/**
 * Labels of users come from directories. Those that Kubernetes would refuse are left out, so that the desktop starts.
 */
function valid(labels: Labels): Labels {
  return Object.fromEntries(
    Object.entries(labels).flatMap(([key, value]) => (LABEL_KEY.test(key) ? [[key, labelValue(value)]] : [])),
  );
}

/** What a managed pod is; null when the pod is foreign or its labels are damaged. */
export type OwnedPod =
  | { readonly kind: 'desktop' | 'launch'; readonly desktopId: string; readonly account: Account }
  | { readonly kind: 'pull'; readonly app: string; readonly image: string; readonly type: string };

export function readPod({ metadata }: Pod): OwnedPod | null {
  const labels = metadata.labels ?? {};
  const annotations = metadata.annotations ?? {};
  const type = labels['type'] ?? '';
  if (labels[MANAGED] !== 'deskpod') return null;
  const image = annotations[IMAGE];
  if (image !== undefined) return { kind: 'pull', app: labels[APP] ?? '', image, type };
  const account = Identity.safeParse(annotations).data;
  const desktopId = labels[DESKTOP];
  if (account === undefined || desktopId === undefined) return null;
  return { kind: type === 'x11server' ? 'desktop' : 'launch', desktopId, account };
}

export function regionalOf({ metadata }: Pod): Regional {
  const { [TIMEZONE]: timezone = null, [LANGUAGES]: languages } = metadata.annotations ?? {};
  return { timezone, languages: languages?.split(' ') ?? [] };
}

/** The time zone whose file pod applications can mount; null when there is none. */
export function zoneFileOf({ metadata }: Pod): string | null {
  return metadata.annotations?.[ZONE_FILE] ?? null;
}

/** The names of its shared folders. */
export function sharedOf({ metadata }: Pod): string[] {
  return sharedNames(metadata.annotations?.[SHARED]);
}

export function listensOnTcp({ metadata }: Pod): boolean {
  return metadata.annotations?.[X11] === 'tcp';
}

export function isForgotten({ metadata }: Pod, launchId: string): boolean {
  return metadata.annotations?.[`${FORGOTTEN}${launchId}`] !== undefined;
}

/** The patch after which the documented `kubectl wait` no longer selects a finished app pod. */
export const FINISHING = { metadata: { labels: { type: FINISHED_TYPE } } };

export function isMarkedFinished({ metadata }: Pod): boolean {
  return metadata.labels?.['type'] === FINISHED_TYPE;
}

/** The patch of a pod's metadata that hides one of its ephemeral containers. */
export function forgetting(launchId: string, now: Date): object {
  return { metadata: { annotations: { [`${FORGOTTEN}${launchId}`]: now.toISOString() } } };
}
