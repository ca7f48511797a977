/** The NetworkPolicy of a desktop: who may connect to its ports. */
import type { V1NetworkPolicy } from '@kubernetes/client-node';
import { ifThere } from '../cluster/api-fault.ts';
import { DESKTOP, MANAGED_BY } from '../cluster/labels.ts';
import { PORTS } from '../cluster/ports.ts';
import type { Context } from '../context.ts';
import { ownerReference } from '../specs/launch-pod.ts';

type Scope = Pick<Context, 'api' | 'namespace'>;
/** Which every namespace has. */
const NAMESPACE_NAME = 'kubernetes.io/metadata.name';

/**
 * Lets in the owner's app pods, the gateway and the api, each to the ports it needs. Removed with the pod, which owns
 * it.
 */
export async function makePolicy(
  scope: Scope & Pick<Context, 'settings'>,
  desktop: { id: string; uid: string },
  signal: AbortSignal,
): Promise<void> {
  const { api, namespace, settings } = scope;
  const body = policyOf(desktop, settings.config.namespace);
  await api.call((o) => api.networking.createNamespacedNetworkPolicy({ namespace, body }, o), signal);
}

/** `installation`: the namespace of gateway and api. */
export function policyOf(desktop: { id: string; uid: string }, installation: string): V1NetworkPolicy {
  const own = { [DESKTOP]: desktop.id };
  const part = (run: string) => ({
    namespaceSelector: { matchLabels: { [NAMESPACE_NAME]: installation } },
    podSelector: { matchLabels: { run } },
  });
  const ports = (...numbers: number[]) => numbers.map((port) => ({ protocol: 'TCP', port }));
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: {
      name: desktop.id,
      labels: { ...MANAGED_BY, ...own },
      ownerReferences: [ownerReference(desktop)],
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
          _from: [part('nginx-od')],
          ports: ports(PORTS.graphical, PORTS.files, PORTS.sound, PORTS.video),
        },
        {
          _from: [part('pyos-od')],
          ports: ports(PORTS.graphical, PORTS.display, PORTS.files, PORTS.sound, PORTS.video),
        },
      ],
    },
  };
}

export async function removePolicy({ api, namespace }: Scope, desktopId: string): Promise<void> {
  await ifThere(() =>
    api.call((options) => api.networking.deleteNamespacedNetworkPolicy({ name: desktopId, namespace }, options)),
  );
}
