/** What to say of a pod that ought to run by now and of which its node says nothing. */
import type { Node, Pod } from './pod.ts';
import type { View } from './view.ts';

/** A node that works tells within a second or two that it has begun. */
const LATE_MS = 5_000;

/** Reports once when `name` is still waited for after a while and nothing else was told. Returns how to stop. */
export function reportLate(view: View, name: string, told: () => boolean, report: (text: string) => void): () => void {
  const timer = setTimeout(() => {
    if (!told()) report(lateDetail(view.pod(name), [...view.nodes]));
  }, LATE_MS);
  return () => clearTimeout(timer);
}

/** Pure. */
function lateDetail(pod: Pod | null, nodes: readonly Node[]): string {
  const name = pod?.spec.nodeName;
  if (pod === null) return 'The cluster has not told of it yet.';
  if (!name) return 'The cluster has found no node for it yet.';
  const ready = nodes
    .find(({ metadata }) => metadata.name === name)
    ?.status.conditions?.find(({ type }) => type === 'Ready')?.status;
  return ready === undefined || ready === 'True'
    ? `The node ${name} has not begun to start it.`
    : `The node ${name} does not answer.`;
}
