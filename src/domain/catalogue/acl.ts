/** Who may see and start an app. */
import type { AppDocument } from '../../protocol/manager.ts';

/** `deny` wins; then one label of `permit` must match, where `all` matches everybody. Nothing matching means no. */
export function visibleTo({ acl }: Pick<AppDocument, 'acl'>, labels: readonly string[]): boolean {
  const matches = (rule: string) => rule === 'all' || labels.includes(rule);
  return !(acl.deny ?? []).some(matches) && acl.permit.some(matches);
}
