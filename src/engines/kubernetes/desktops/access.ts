/** The access of a desktop, read once: it never changes. */
import type { Access, Context, Found } from '../context.ts';
import { readAccess } from './desktop-secrets.ts';

export async function accessOf(context: Context, { pod, desktopId, account }: Found): Promise<Access> {
  const known = context.accesses.get(pod.metadata.uid);
  if (known) return known;
  const access = await readAccess(context, desktopId, account);
  context.accesses.set(pod.metadata.uid, access);
  return access;
}
