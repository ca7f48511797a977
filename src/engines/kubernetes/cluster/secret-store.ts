/** Small secrets that all replicas of an installation share: Secrets of its namespace. Registry logins: also of users' pods. */
import type { KubernetesConfig } from '#config/config.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { SecretStore } from '#domain/ports/secret-store.ts';
import { ClusterApi } from './api.ts';
import { hasStatus } from './api-fault.ts';
import { refreshMounts } from './refresh-mounts.ts';

const NOT_FOUND = 404;
const CONFLICT = 409;
const LABELS = { 'app.kubernetes.io/part-of': 'deskpod' };

export function createSecretStore({ kubeconfig, namespace, images, pods }: KubernetesConfig): SecretStore {
  const api = ClusterApi.connect(kubeconfig);
  return {
    namespace,
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
      const body = { metadata: { name, labels: LABELS }, type: 'Opaque', stringData: { ...data } };
      try {
        await api.call((options) => api.core.createNamespacedSecret({ namespace, body }, options));
        return true;
      } catch (cause) {
        if (hasStatus(cause, CONFLICT)) return false;
        throw unavailable(name, 'made', cause);
      }
    },
    // For a missing one, Kubernetes writes a warning event at every start of a container.
    async ensureRegistryLogins() {
      const stringData = { '.dockerconfigjson': JSON.stringify({ auths: {} }) };
      for (const name of images.pullSecrets)
        for (const where of new Set([namespace, pods.namespace])) {
          const body = { metadata: { name, labels: LABELS }, type: 'kubernetes.io/dockerconfigjson', stringData };
          try {
            await api.call((options) => api.core.createNamespacedSecret({ namespace: where, body }, options));
          } catch (cause) {
            if (!hasStatus(cause, CONFLICT)) throw unavailable(name, 'made', cause);
          }
        }
    },
    refreshGateways: (state) => refreshMounts({ api, namespace }, state),
  };
}

function unavailable(name: string, verb: string, cause: unknown): DeskpodError {
  return new DeskpodError('engine_unavailable', `The Secret ${name} could not be ${verb}.`, {
    remedy: 'Check that the cluster answers and that the service account may get and create Secrets.',
    cause,
  });
}
