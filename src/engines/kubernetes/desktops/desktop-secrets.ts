/** The Secrets of a desktop: what opens its services, and its account files. */
import type { V1Secret } from '@kubernetes/client-node';
import { z } from 'zod';
import type { Account, DesktopCredentials, DesktopSpec } from '#domain/ports/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import { accountFiles } from '../../shared/accounts.ts';
import { htpasswdFile, newCredentials, vncPasswordFile, xauthorityFile } from '../../shared/credentials.ts';
import { hasStatus, ifThere, readIfThere } from '../cluster/api-fault.ts';
import { ownedObjectLabels, DESKTOP, MANAGED_SELECTOR } from '../cluster/labels.ts';
import type { Context } from '../context.ts';
import { secretName, type SecretType } from '../cluster/names.ts';
import { homeFolder, ZONE_FILE } from '../specs/volumes.ts';
import type { ZoneFile } from '../specs/zone-file.ts';

const TYPES: readonly SecretType[] = ['vnc', 'x11', 'localaccount', 'services'];

type OwnerScope = Pick<Context, 'api' | 'namespace'>;

/** New for each desktop. `conflict` when the user has another desktop, whose Secrets have these names. */
export async function makeSecrets(
  scope: OwnerScope,
  spec: DesktopSpec,
  zone: ZoneFile | null,
  signal: AbortSignal,
): Promise<DesktopCredentials> {
  const credentials = newCredentials();
  for (const secret of secretsOf(spec, credentials, zone)) {
    await claim(scope, spec, secret, signal);
  }
  return credentials;
}

function secretsOf(
  { id, account }: DesktopSpec,
  { vncPassword, xCookie, filesPassword, soundCookie, printQueue, videoKey }: DesktopCredentials,
  zone: ZoneFile | null,
): V1Secret[] {
  const data: Readonly<Record<SecretType, Readonly<Record<string, string | Buffer>>>> = {
    vnc: { password: vncPassword, vncpasswd: vncPasswordFile(vncPassword) },
    x11: {
      cookie: xCookie,
      Xauthority: xauthorityFile(xCookie),
      'pulse-cookie': Buffer.from(soundCookie, 'base64'),
    },
    localaccount: {
      ...accountFiles(account, homeFolder(account)),
      ...(zone === null ? {} : { [ZONE_FILE]: zone.content }),
    },
    services: {
      'files-password': filesPassword,
      htpasswd: htpasswdFile(filesPassword),
      queue: printQueue,
      'video-key': videoKey,
    },
  };
  return TYPES.map((type) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    type: `abcdesktop/${type}`,
    metadata: { name: secretName(type, account.userId), labels: { ...ownedObjectLabels(id, account, type) } },
    data: Object.fromEntries(
      Object.entries(data[type]).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    ),
  }));
}

/** The name is the lock that gives a user one desktop, whichever server makes it. */
async function claim(scope: OwnerScope, spec: DesktopSpec, body: V1Secret, signal: AbortSignal): Promise<void> {
  const { api, namespace } = scope;
  const create = () => api.call((options) => api.core.createNamespacedSecret({ namespace, body }, options), signal);
  try {
    await create();
  } catch (error) {
    if (!hasStatus(error, 409)) throw error;
    const name = body.metadata?.name ?? '';
    if (!(await removeAbandoned(scope, name, signal))) {
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

/** True when the Secret belonged to a desktop that is gone, left by a server that was killed. */
async function removeAbandoned({ api, namespace }: OwnerScope, name: string, signal: AbortSignal): Promise<boolean> {
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
  await ifThere(() => api.call((options) => api.core.deleteNamespacedSecret({ name, namespace }, options), signal));
  return true;
}

async function readSecret({ api, namespace }: OwnerScope, name: string, signal?: AbortSignal) {
  const read = () => api.call((o) => api.core.readNamespacedSecret({ name, namespace }, o), signal);
  const secret = await readIfThere(read);
  return secret && Owned.parse(secret);
}

/** `not_found` when the Secrets are gone, or belong to another desktop of this user. */
export async function readCredentials(
  scope: OwnerScope,
  desktopId: string,
  account: Account,
): Promise<DesktopCredentials> {
  const { api, namespace } = scope;
  const [vnc, x11, services] = await Promise.all(
    (['vnc', 'x11', 'services'] as const).map(async (type) => {
      const name = secretName(type, account.userId);
      const read = await readIfThere(() => api.call((o) => api.core.readNamespacedSecret({ name, namespace }, o)));
      const secret = read && Owned.parse(read);
      return secret?.metadata.labels[DESKTOP] === desktopId ? (secret.data ?? {}) : null;
    }),
  );
  const text = (value: string | undefined): string => Buffer.from(value ?? '', 'base64').toString('utf8');
  if (!vnc || !x11 || !services) throw new DeskpodError('not_found', `The desktop ${desktopId} is gone.`);
  return {
    vncPassword: text(vnc['password']),
    xCookie: text(x11['cookie']),
    filesPassword: text(services['files-password']),
    soundCookie: x11['pulse-cookie'] ?? '',
    printQueue: text(services['queue']),
    videoKey: text(services['video-key']),
  };
}

/** Those that are there and belong to this desktop. */
export async function removeSecrets(scope: OwnerScope, desktopId: string, account: Account): Promise<void> {
  const { api, namespace } = scope;
  await Promise.all(
    TYPES.map(async (type) => {
      const name = secretName(type, account.userId);
      const secret = await readSecret(scope, name);
      if (secret?.metadata.labels[DESKTOP] !== desktopId) return;
      await ifThere(() => api.call((options) => api.core.deleteNamespacedSecret({ name, namespace }, options)));
    }),
  );
}

/** Ids of desktops that have Secrets, with the time of the newest: a server may be making one right now. */
export async function desktopsWithSecrets({
  api,
  namespace,
}: OwnerScope): Promise<Map<string, { account: string; madeAt: Date }>> {
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

/** Removes all Secrets of one desktop, without knowing its user. */
export async function removeSecretsOf({ api, namespace }: OwnerScope, desktopId: string): Promise<void> {
  const labelSelector = `${MANAGED_SELECTOR},${DESKTOP}=${desktopId}`;
  const { items } = await api.call((o) => api.core.listNamespacedSecret({ namespace, labelSelector }, o));
  for (const { metadata } of items) {
    const name = metadata?.name ?? '';
    await ifThere(() => api.call((options) => api.core.deleteNamespacedSecret({ name, namespace }, options)));
  }
}
