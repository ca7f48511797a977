/** What opens a desktop, read once per desktop: it never changes. */
import { type Access, readAccess } from './belongings.ts';
import { type Context, desktopIn } from './context.ts';

export async function accessOf(context: Context, desktopId: string): Promise<Access> {
  const { pod, account } = desktopIn(context, desktopId);
  const known = context.accesses.get(pod.metadata.uid);
  if (known) return known;
  const access = await readAccess(context, desktopId, account);
  context.accesses.set(pod.metadata.uid, access);
  return access;
}
