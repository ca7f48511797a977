/** What belongs to one desktop beside its pod: the secrets that open it, and the rule about who may connect. */
import { createHash, randomBytes } from 'node:crypto';
import type { V1NetworkPolicy, V1Secret } from '@kubernetes/client-node';
import { z } from 'zod';
import type { Account, DesktopCredentials, DesktopSpec } from '#domain/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import { accountFiles } from '../inside/accounts.ts';
import { newCredentials, vncPasswordFile, xauthorityFile } from '../inside/credentials.ts';
import { type ClusterApi, hasStatus } from './api.ts';
import { belongings, DESKTOP, MANAGED_SELECTOR } from './labels.ts';
import { ownerOf } from './launch-pod.ts';
import { secretName, type SecretType } from './names.ts';
import { PORTS } from './ports.ts';
import { homeFolder } from './volumes.ts';

const TYPES: readonly SecretType[] = ['vnc', 'x11', 'localaccount', 'services'];
const PULSE_COOKIE_BYTES = 256;

export interface Access extends DesktopCredentials {
  /** Of the print queue, which is all that lets anybody print. */
  readonly queue: string;
}

interface Place {
  readonly api: ClusterApi;
  readonly namespace: string;
}

/** Fresh for each desktop. `conflict` when the user has another desktop, whose secrets have these names. */
export async function makeSecrets(place: Place, spec: DesktopSpec, signal: AbortSignal): Promise<Access> {
  const access: Access = { ...newCredentials(), queue: `q${randomBytes(12).toString('hex')}` };
  for (const secret of secretsOf(spec, access)) {
    await claim(place, spec, secret, signal);
  }
  return access;
}

/** Pure but for the random parts. */
function secretsOf({ id, account }: DesktopSpec, { vncPassword, xCookie, queue }: Access): V1Secret[] {
  const filesPassword = randomBytes(24).toString('base64url');
  const digest = createHash('sha1').update(filesPassword).digest('base64');
  const data: Readonly<Record<SecretType, Readonly<Record<string, string | Buffer>>>> = {
    vnc: { password: vncPassword, vncpasswd: vncPasswordFile(vncPassword) },
    x11: {
      cookie: xCookie,
      Xauthority: xauthorityFile(xCookie),
      'pulse-cookie': randomBytes(PULSE_COOKIE_BYTES),
    },
    localaccount: accountFiles(account, homeFolder(account)),
    services: { 'files-password': filesPassword, htpasswd: `deskpod:{SHA}${digest}\n`, queue },
  };
  return TYPES.map((type) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    type: `abcdesktop/${type}`,
    metadata: { name: secretName(type, account.userId), labels: { ...belongings(id, account, type) } },
    data: Object.fromEntries(
      Object.entries(data[type]).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    ),
  }));
}

/** The name is the lock by which a user has one desktop, whichever server makes it. */
async function claim(place: Place, spec: DesktopSpec, body: V1Secret, signal: AbortSignal): Promise<void> {
  const { api, namespace } = place;
  const create = () => api.call((options) => api.core.createNamespacedSecret({ namespace, body }, options), signal);
  try {
    await create();
  } catch (error) {
    if (!hasStatus(error, 409)) throw error;
    const name = body.metadata?.name ?? '';
    if (!(await removeAbandoned(place, name, signal))) {
      throw new DeskpodError(
        'conflict',
        `${spec.account.displayName} has a desktop already, or the Secret ${name} is somebody else's.`,
        {
          cause: error,
        },
      );
    }
    await create();
  }
}

const Owned = z.looseObject({
  metadata: z.looseObject({ labels: z.record(z.string(), z.string()).default({}) }),
  data: z.record(z.string(), z.string()).nullish(),
});

/** True when the secret was ours and its desktop is gone: left by a server that was killed. */
async function removeAbandoned({ api, namespace }: Place, name: string, signal: AbortSignal): Promise<boolean> {
  const found = await readSecret({ api, namespace }, name, signal);
  if (found === null) return true;
  const desktop = found.metadata.labels[DESKTOP];
  if (desktop === undefined || found.metadata.labels['app.kubernetes.io/managed-by'] !== 'deskpod') return false;
  try {
    await api.call((options) => api.core.readNamespacedPod({ name: desktop, namespace }, options), signal);
    return false;
  } catch (error) {
    if (!hasStatus(error, 404)) throw error;
  }
  await gone(() => api.call((options) => api.core.deleteNamespacedSecret({ name, namespace }, options), signal));
  return true;
}

async function readSecret({ api, namespace }: Place, name: string, signal?: AbortSignal) {
  try {
    return Owned.parse(await api.call((o) => api.core.readNamespacedSecret({ name, namespace }, o), signal));
  } catch (error) {
    if (hasStatus(error, 404)) return null;
    throw error;
  }
}

/** `not_found` when the secrets are gone, or are those of another desktop of this user. */
export async function readAccess(place: Place, desktopId: string, account: Account): Promise<Access> {
  const [vnc, x11, services] = await Promise.all(
    (['vnc', 'x11', 'services'] as const).map(async (type) => {
      const secret = await readSecret(place, secretName(type, account.userId));
      return secret?.metadata.labels[DESKTOP] === desktopId ? (secret.data ?? {}) : null;
    }),
  );
  const text = (value: string | undefined): string => Buffer.from(value ?? '', 'base64').toString('utf8');
  if (!vnc || !x11 || !services) throw new DeskpodError('not_found', `The desktop ${desktopId} is gone.`);
  return { vncPassword: text(vnc['password']), xCookie: text(x11['cookie']), queue: text(services['queue']) };
}

/** Whatever of it there is. */
export async function removeBelongings(place: Place, desktopId: string, account: Account): Promise<void> {
  const { api, namespace } = place;
  await Promise.all([
    ...TYPES.map(async (type) => {
      const name = secretName(type, account.userId);
      const secret = await readSecret(place, name);
      if (secret?.metadata.labels[DESKTOP] !== desktopId) return;
      await gone(() => api.call((options) => api.core.deleteNamespacedSecret({ name, namespace }, options)));
    }),
    removePolicy(place, desktopId),
  ]);
}

export async function removePolicy({ api, namespace }: Place, desktopId: string): Promise<void> {
  await gone(() =>
    api.call((options) => api.networking.deleteNamespacedNetworkPolicy({ name: desktopId, namespace }, options)),
  );
}

/** Ids of desktops that secrets are left of, with the time of the newest: a server may just be making one. */
export async function desktopsWithSecrets({
  api,
  namespace,
}: Place): Promise<Map<string, { account: string; madeAt: Date }>> {
  const list = await api.call((o) =>
    api.core.listNamespacedSecret({ namespace, labelSelector: `${MANAGED_SELECTOR},${DESKTOP}` }, o),
  );
  return new Map(
    list.items.map(({ metadata }) => [
      metadata?.labels?.[DESKTOP] ?? '',
      { account: metadata?.name ?? '', madeAt: new Date(metadata?.creationTimestamp ?? 0) },
    ]),
  );
}

/** Of all secrets of one desktop, whoever its user was. */
export async function removeSecretsOf({ api, namespace }: Place, desktopId: string): Promise<void> {
  const labelSelector = `${MANAGED_SELECTOR},${DESKTOP}=${desktopId}`;
  const { items } = await api.call((o) => api.core.listNamespacedSecret({ namespace, labelSelector }, o));
  for (const { metadata } of items) {
    const name = metadata?.name ?? '';
    await gone(() => api.call((options) => api.core.deleteNamespacedSecret({ name, namespace }, options)));
  }
}

/** Lets in the owner's app pods, the gateway and the api, each to what it needs, and goes with the pod. */
export async function makePolicy(
  place: Place,
  desktop: { id: string; uid: string },
  signal: AbortSignal,
): Promise<void> {
  const { api, namespace } = place;
  const body = policyOf(desktop);
  await api.call((o) => api.networking.createNamespacedNetworkPolicy({ namespace, body }, o), signal);
}

export function policyOf(desktop: { id: string; uid: string }): V1NetworkPolicy {
  const own = { [DESKTOP]: desktop.id };
  const ports = (...numbers: number[]) => numbers.map((port) => ({ protocol: 'TCP', port }));
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: {
      name: desktop.id,
      labels: { 'app.kubernetes.io/managed-by': 'deskpod', ...own },
      ownerReferences: [ownerOf(desktop)],
    },
    spec: {
      podSelector: { matchLabels: { ...own, type: 'x11server' } },
      policyTypes: ['Ingress'],
      ingress: [
        {
          _from: [{ podSelector: { matchLabels: { ...own, type: 'pod_application' } } }],
          ports: ports(PORTS.display, PORTS.sound, PORTS.printer),
        },
        {
          _from: [{ podSelector: { matchLabels: { run: 'nginx-od' } } }],
          ports: ports(PORTS.graphical, PORTS.files, PORTS.sound),
        },
        {
          _from: [{ podSelector: { matchLabels: { run: 'pyos-od' } } }],
          ports: ports(PORTS.graphical, PORTS.display, PORTS.files, PORTS.sound),
        },
      ],
    },
  };
}

async function gone(remove: () => Promise<unknown>): Promise<void> {
  try {
    await remove();
  } catch (error) {
    if (!hasStatus(error, 404)) throw error;
  }
}
