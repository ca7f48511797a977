/** Small secrets that all replicas of an installation share: Secrets of its namespace. */
import { ApiException, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import type { KubernetesConfig } from '#config/config.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { SecretShelf } from '#domain/secret-shelf.ts';

const NOT_FOUND = 404;
const CONFLICT = 409;

export function createSecretShelf({ kubeconfig, namespace }: KubernetesConfig): SecretShelf {
  const config = new KubeConfig();
  if (kubeconfig === null) config.loadFromDefault();
  else config.loadFromFile(kubeconfig);
  const core = config.makeApiClient(CoreV1Api);
  return {
    async get(name) {
      const secret = await core.readNamespacedSecret({ name, namespace }).catch((cause: unknown) => {
        if (hasStatus(cause, NOT_FOUND)) return null;
        throw unavailable(name, 'read', cause);
      });
      if (secret === null) return null;
      const decoded = Object.entries(secret.data ?? {}).map(([key, value]) => [
        key,
        Buffer.from(value, 'base64').toString('utf8'),
      ]);
      return Object.fromEntries(decoded);
    },
    async create(name, data) {
      const labels = { 'app.kubernetes.io/managed-by': 'deskpod' };
      try {
        await core.createNamespacedSecret({
          namespace,
          body: { metadata: { name, labels }, type: 'Opaque', stringData: { ...data } },
        });
        return true;
      } catch (cause) {
        if (hasStatus(cause, CONFLICT)) return false;
        throw unavailable(name, 'made', cause);
      }
    },
  };
}

function hasStatus(error: unknown, status: number): boolean {
  return error instanceof ApiException && error.code === status;
}

function unavailable(name: string, verb: string, cause: unknown): DeskpodError {
  return new DeskpodError('engine_unavailable', `The Secret ${name} could not be ${verb}.`, {
    remedy: 'Check that the cluster answers and that the service account may get, list and create Secrets.',
    cause,
  });
}
