/** Small secrets that all replicas of an installation share: Secrets of its namespace. */
import type { KubernetesConfig } from '#config/config.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { SecretShelf } from '#domain/secret-shelf.ts';
import { ClusterApi, hasStatus } from './api.ts';

const NOT_FOUND = 404;
const CONFLICT = 409;

export function createSecretShelf({ kubeconfig, namespace }: KubernetesConfig): SecretShelf {
  const api = ClusterApi.connect(kubeconfig);
  return {
    async get(name) {
      try {
        const { data = {} } = await api.call((options) => api.core.readNamespacedSecret({ name, namespace }, options));
        const texts = Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]);
        return Object.fromEntries(texts);
      } catch (cause) {
        if (hasStatus(cause, NOT_FOUND)) return null;
        throw unavailable(name, 'read', cause);
      }
    },
    async create(name, data) {
      const labels = { 'app.kubernetes.io/part-of': 'deskpod' };
      const body = { metadata: { name, labels }, type: 'Opaque', stringData: { ...data } };
      try {
        await api.call((options) => api.core.createNamespacedSecret({ namespace, body }, options));
        return true;
      } catch (cause) {
        if (hasStatus(cause, CONFLICT)) return false;
        throw unavailable(name, 'made', cause);
      }
    },
  };
}

function unavailable(name: string, verb: string, cause: unknown): DeskpodError {
  return new DeskpodError('engine_unavailable', `The Secret ${name} could not be ${verb}.`, {
    remedy: 'Check that the cluster answers and that the service account may get and create Secrets.',
    cause,
  });
}
