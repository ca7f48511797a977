/** A pod as `kubectl describe pod` prints it, ephemeral containers and events included. Pure. */
import type { CoreV1Event, V1Pod, V1Toleration } from '@kubernetes/client-node';
import { containers } from './describe-containers.ts';
import { volumes } from './describe-volumes.ts';
import { age, columns, listed, longTime, type Row } from './layout.ts';

const SKIPPED = 'kubectl.kubernetes.io/last-applied-configuration';
const LONGEST = 140;

/** `events`: null when they may not be read. */
export function describePod(pod: V1Pod, events: readonly CoreV1Event[] | null, now: Date): string {
  const { spec, status } = pod;
  const init = spec?.initContainers ?? [];
  const ephemeral = spec?.ephemeralContainers ?? [];
  return columns([
    ...head(pod),
    ...(init.length > 0 ? containers('Init Containers', init, status?.initContainerStatuses ?? [], pod) : []),
    ...containers('Containers', spec?.containers ?? [], status?.containerStatuses ?? [], pod),
    ...(ephemeral.length > 0
      ? containers('Ephemeral Containers', ephemeral, status?.ephemeralContainerStatuses ?? [], pod)
      : []),
    ...conditions(pod),
    ...volumes(spec?.volumes ?? []),
    ['QoS Class:', status?.qosClass ?? ''],
    ...listed('Node-Selectors', pairs(spec?.nodeSelector)),
    ...listed('Tolerations', tolerations(spec?.tolerations ?? [])),
  ]).concat(eventTable(events, now));
}

function head(pod: V1Pod): Row[] {
  const { metadata, spec, status } = pod;
  const ips = status?.podIPs ?? [];
  const seccomp = spec?.securityContext?.seccompProfile?.type;
  const controller = metadata?.ownerReferences?.find((owner) => owner.controller);
  return [
    ['Name:', metadata?.name ?? ''],
    ['Namespace:', metadata?.namespace ?? ''],
    ...optional('Priority', spec?.priority === undefined ? undefined : String(spec.priority)),
    ...optional('Priority Class Name', spec?.priorityClassName),
    ...optional('Runtime Class Name', spec?.runtimeClassName),
    ...optional('Service Account', spec?.serviceAccountName),
    ['Node:', spec?.nodeName ? `${spec.nodeName}/${status?.hostIP ?? ''}` : '<none>'],
    ...optional('Start Time', status?.startTime && longTime(status.startTime)),
    ...listed('Labels', pairs(metadata?.labels)),
    ...annotations(metadata?.annotations ?? {}),
    ...phase(pod),
    ...optional('Reason', status?.reason),
    ...optional('Message', status?.message),
    ...optional('SeccompProfile', seccomp),
    ['IP:', status?.podIP ?? ''],
    ...(ips.length === 0 ? [['IPs:', '<none>']] : [['IPs:'], ...ips.map(({ ip }) => ['  IP:', ip])]),
    ...(controller ? [['Controlled By:', `${controller.kind}/${controller.name}`]] : []),
  ];
}

function optional(title: string, value: string | undefined): Row[] {
  return value ? [[`${title}:`, value]] : [];
}

function phase({ metadata, status }: V1Pod): Row[] {
  const done = status?.phase === 'Failed' || status?.phase === 'Succeeded';
  if (metadata?.deletionTimestamp === undefined || done) return [['Status:', status?.phase ?? '']];
  return [
    ['Status:', 'Terminating'],
    ['Termination Grace Period:', `${metadata.deletionGracePeriodSeconds ?? 0}s`],
  ];
}

function pairs(all: Record<string, string> | undefined): string[] {
  const names = Object.keys(all ?? {}).toSorted();
  return names.map((name) => `${name}=${all?.[name] ?? ''}`);
}

function annotations(all: Record<string, string>): Row[] {
  const names = Object.keys(all)
    .filter((name) => name !== SKIPPED)
    .toSorted();
  const lines = names.flatMap((name) => {
    const value = (all[name] ?? '').replace(/\n$/, '');
    if (value.length + name.length + 2 <= LONGEST && !value.includes('\n')) return [`${name}: ${value}`];
    return [`${name}:`, ...value.split('\n').map((line) => `  ${shortened(line)}`)];
  });
  return listed('Annotations', lines);
}

function shortened(line: string): string {
  return line.length > LONGEST - 2 ? `${line.slice(0, LONGEST - 2)}...` : line;
}

function conditions({ status }: V1Pod): Row[] {
  const all = status?.conditions ?? [];
  if (all.length === 0) return [];
  return [['Conditions:'], ['  Type', 'Status'], ...all.map(({ type, status: is }): Row => [`  ${type} `, `${is} `])];
}

function tolerations(all: readonly V1Toleration[]): string[] {
  const sorted = all.toSorted((a, b) => ((a.key ?? '') < (b.key ?? '') ? -1 : 1));
  return sorted.map(({ key = '', value = '', effect = '', operator, tolerationSeconds }) => {
    const exists = operator === 'Exists' && value === '';
    const what = `${key}${value && `=${value}`}${effect && `:${effect}`}`;
    const how = exists ? `${what === '' ? '' : ' '}op=Exists` : '';
    return `${what}${how}${tolerationSeconds === undefined ? '' : ` for ${tolerationSeconds}s`}`;
  });
}

function eventTable(events: readonly CoreV1Event[] | null, now: Date): string {
  if (events === null) return columns([['Events:', '<not readable by this server>']]);
  if (events.length === 0) return columns([['Events:', '<none>']]);
  return columns([
    ['Events:'],
    ['  Type', 'Reason', 'Age', 'From', 'Message'],
    ['  ----', '------', '----', '----', '-------'],
    ...events.map((event): Row => {
      const { type = '', reason = '', source, reportingComponent = '', message = '', involvedObject } = event;
      const where = involvedObject.fieldPath ? `${involvedObject.fieldPath}: ` : '';
      const from = source?.component ?? '';
      return [`  ${type}`, reason, interval(event, now), from || reportingComponent, `${where}${message.trim()}`];
    }),
  ]);
}

/** `3s`, or for a repeated event `3s (x4 over 2m)`. */
function interval({ count = 1, series, eventTime, firstTimestamp, lastTimestamp }: CoreV1Event, now: Date): string {
  const since = (at: Date | undefined): string =>
    at === undefined ? '<unknown>' : age((now.getTime() - new Date(at).getTime()) / 1000);
  const first = since(eventTime ?? firstTimestamp);
  if (series) return `${since(series.lastObservedTime)} (x${series.count ?? 1} over ${first})`;
  return count > 1 ? `${since(lastTimestamp)} (x${count} over ${first})` : first;
}
