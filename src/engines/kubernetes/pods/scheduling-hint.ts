/** What to report about a pod that should run by now but whose node reports nothing. */
import type { Node, Pod } from '../cluster/pod.ts';
import type { View } from '../cluster/view.ts';

/** A working node reports within two seconds that it starts a pod. */
const LATE_MS = 5_000;

/**
 * Reports once when the pod has not started after a while and nothing else was reported. Returns a function that
 * stops it.
 */
export function reportSchedulingHint(
  view: View,
  name: string,
  reported: () => boolean,
  report: (text: string) => void,
): () => void {
  const timer = setTimeout(() => {
    if (!reported()) report(lateDetail(view.pod(name), [...view.nodes]));
  }, LATE_MS);
  return () => clearTimeout(timer);
}

/** Pure. */
function lateDetail(pod: Pod | null, nodes: readonly Node[]): string {
  const name = pod?.spec.nodeName;
  if (pod === null) return 'The cluster has not reported it yet.';
  if (!name) return 'The pod is not scheduled to a node yet.';
  const ready = nodes
    .find(({ metadata }) => metadata.name === name)
    ?.status.conditions?.find(({ type }) => type === 'Ready')?.status;
  return ready === undefined || ready === 'True'
    ? `The node ${name} has not started it yet.`
    : `The node ${name} does not answer.`;
}
