/** Who may see and start an app. */
import type { AppDocument } from '../../protocol/manager.ts';

/** Labels of a user; null stands for the machine's own administrator, who sees every app. */
export type Viewer = readonly string[] | null;

/** `deny` wins; then one label of `permit` must match, where `all` matches everybody. Nothing matching means no. */
export function visibleTo({ acl }: Pick<AppDocument, 'acl'>, labels: Viewer): boolean {
  if (labels === null) return true;
  const matches = (rule: string) => rule === 'all' || labels.includes(rule);
  return !(acl.deny ?? []).some(matches) && acl.permit.some(matches);
}
