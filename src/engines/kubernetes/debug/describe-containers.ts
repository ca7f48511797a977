/** The containers of a pod as `kubectl describe pod` prints them, secrets masked. Pure. */
import type {
  V1Container,
  V1ContainerState,
  V1ContainerStatus,
  V1EnvVar,
  V1Pod,
  V1Probe,
  V1ResourceRequirements,
} from '@kubernetes/client-node';
import { maskSecrets } from '#domain/launches/environment.ts';
import { longTime, type Row } from './layout.ts';

const INNER = '    ';
const INNERMOST = '      ';

/** Ephemeral containers have fewer fields. */
export type Described = Omit<V1Container, 'resizePolicy' | 'restartPolicyRules'>;

export function containers(
  title: string,
  list: readonly Described[],
  statuses: readonly V1ContainerStatus[],
  pod: V1Pod,
): Row[] {
  return [
    [`${title}:`],
    ...list.flatMap((one) =>
      container(
        one,
        statuses.find(({ name }) => name === one.name),
        pod,
      ),
    ),
  ];
}

function container(one: Described, status: V1ContainerStatus | undefined, pod: V1Pod): Row[] {
  const seccomp = one.securityContext?.seccompProfile;
  return [
    [`  ${one.name}:`],
    ...(status ? [field('Container ID', status.containerID ?? '')] : []),
    field('Image', one.image ?? ''),
    ...(status ? [field('Image ID', status.imageID)] : []),
    ...ports(one),
    ...(seccomp ? [field('SeccompProfile', seccomp.type)] : []),
    ...words('Command', one.command),
    ...words('Args', one.args),
    ...(status ? states(status) : []),
    ...amounts(one.resources),
    ...(one.livenessProbe ? [field('Liveness', probe(one.livenessProbe))] : []),
    ...(one.readinessProbe ? [field('Readiness', probe(one.readinessProbe))] : []),
    ...(one.startupProbe ? [field('Startup', probe(one.startupProbe))] : []),
    ...environment(one.env ?? [], pod),
    ...mounts(one),
  ];
}

function field(name: string, value: string): Row {
  return [`${INNER}${name}:`, value];
}

function ports({ ports: all = [] }: Described): Row[] {
  const plural = all.length > 1 ? 's' : '';
  const inside = all.map(({ containerPort, protocol = 'TCP', name }) =>
    name ? `${containerPort}/${protocol} (${name})` : `${containerPort}/${protocol}`,
  );
  const outside = all.map(({ hostPort = 0, protocol = 'TCP', name }) =>
    name ? `${hostPort}/${protocol} (${name})` : `${hostPort}/${protocol}`,
  );
  return [
    field(`Port${plural}`, inside.join(', ') || '<none>'),
    field(`Host Port${plural}`, outside.join(', ') || '<none>'),
  ];
}

function words(title: string, list: readonly string[] | undefined): Row[] {
  if (!list || list.length === 0) return [];
  const lines = list.flatMap((word) => word.split('\n'));
  return [[`${INNER}${title}:`], ...lines.map((line): Row => [`${INNERMOST}${line}`])];
}

function states({ state, lastState, ready, restartCount }: V1ContainerStatus): Row[] {
  return [
    ...stateRows('State', state ?? {}),
    ...(lastState?.terminated ? stateRows('Last State', lastState) : []),
    field('Ready', ready ? 'True' : 'False'),
    field('Restart Count', String(restartCount)),
  ];
}

function stateRows(title: string, { running, waiting, terminated }: V1ContainerState): Row[] {
  const more = (name: string, value: string): Row => [`${INNERMOST}${name}:`, value];
  if (running) return [field(title, 'Running'), more('Started', longTime(running.startedAt))];
  if (!terminated) return [field(title, 'Waiting'), ...(waiting?.reason ? [more('Reason', waiting.reason)] : [])];
  return [
    field(title, 'Terminated'),
    ...(terminated.reason ? [more('Reason', terminated.reason)] : []),
    ...(terminated.message ? [more('Message', terminated.message)] : []),
    more('Exit Code', String(terminated.exitCode)),
    ...(terminated.signal ? [more('Signal', String(terminated.signal))] : []),
    more('Started', longTime(terminated.startedAt)),
    more('Finished', longTime(terminated.finishedAt)),
  ];
}

function amounts(resources: V1ResourceRequirements | undefined): Row[] {
  const rows = (title: string, all: Record<string, string> = {}): Row[] => {
    const names = Object.keys(all).toSorted();
    return names.length === 0
      ? []
      : [[`${INNER}${title}:`], ...names.map((name): Row => [`${INNERMOST}${name}:`, all[name] ?? ''])];
  };
  return [...rows('Limits', resources?.limits), ...rows('Requests', resources?.requests)];
}

function probe(asked: V1Probe): string {
  const { initialDelaySeconds = 0, timeoutSeconds = 1, periodSeconds = 10, successThreshold = 1 } = asked;
  const times =
    `delay=${initialDelaySeconds}s timeout=${timeoutSeconds}s period=${periodSeconds}s ` +
    `#success=${successThreshold} #failure=${asked.failureThreshold ?? 3}`;
  if (asked.exec) return `exec [${(asked.exec.command ?? []).join(' ')}] ${times}`;
  if (asked.httpGet) {
    const { scheme = 'HTTP', host = '', port, path = '' } = asked.httpGet;
    return `http-get ${scheme.toLowerCase()}://${host}:${String(port)}${path} ${times}`;
  }
  if (asked.tcpSocket) return `tcp-socket ${asked.tcpSocket.host ?? ''}:${String(asked.tcpSocket.port)} ${times}`;
  if (asked.grpc) return `grpc <pod>:${asked.grpc.port} ${asked.grpc.service ?? ''} ${times}`;
  return `unknown ${times}`;
}

function environment(env: readonly V1EnvVar[], pod: V1Pod): Row[] {
  if (env.length === 0) return [[`${INNER}Environment:`, '<none>']];
  return [[`${INNER}Environment:`], ...env.flatMap((one) => variable(one, pod))];
}

function variable({ name, value = '', valueFrom }: V1EnvVar, pod: V1Pod): Row[] {
  const title = `${INNERMOST}${name}:`;
  const { fieldRef, resourceFieldRef, secretKeyRef, configMapKeyRef } = valueFrom ?? {};
  if (fieldRef) {
    const { apiVersion = 'v1', fieldPath } = fieldRef;
    return [[title, `${valueAt(pod, fieldPath)} (${apiVersion}:${fieldPath})`]];
  }
  if (resourceFieldRef) return [[title, `(${resourceFieldRef.resource})`]];
  if (secretKeyRef) {
    const { key, name: secret = '', optional = false } = secretKeyRef;
    return [[title, `<set to the key '${key}' in secret '${secret}'>`, `Optional: ${optional}`]];
  }
  if (configMapKeyRef) {
    const { key, name: map = '', optional = false } = configMapKeyRef;
    return [[title, `<set to the key '${key}' of config map '${map}'>`, `Optional: ${optional}`]];
  }
  const [first = '', ...others] = (maskSecrets({ [name]: value })[name] ?? '').split('\n');
  return [[title, first], ...others.map((line): Row => [INNERMOST, line])];
}

/** `status.podIP` of the pod itself. */
function valueAt(pod: V1Pod, path: string): string {
  let value: unknown = pod;
  for (const step of path.match(/[^.[\]']+/g) ?? []) {
    if (typeof value !== 'object' || value === null) return '';
    value = Object.entries(value).find(([name]) => name === step)?.[1];
  }
  return typeof value === 'string' ? value : '';
}

function mounts({ volumeMounts = [] }: Described): Row[] {
  if (volumeMounts.length === 0) return [[`${INNER}Mounts:`, '<none>']];
  const sorted = volumeMounts.toSorted((a, b) => (a.mountPath < b.mountPath ? -1 : 1));
  return [
    [`${INNER}Mounts:`],
    ...sorted.map(({ mountPath, name, readOnly, subPath }): Row => {
      const flags = [readOnly ? 'ro' : 'rw', ...(subPath ? [`path=${JSON.stringify(subPath)}`] : [])];
      return [`${INNERMOST}${mountPath} from ${name} (${flags.join(',')})`];
    }),
  ];
}
