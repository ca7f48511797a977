/** The credentials of a desktop, read once: they never change. */
import type { DesktopCredentials } from '#domain/ports/engine.ts';
import type { Context, Found } from '../context.ts';
import { readCredentials } from './desktop-secrets.ts';

export async function credentialsOf(context: Context, { pod, desktopId, account }: Found): Promise<DesktopCredentials> {
  const known = context.credentials.get(pod.metadata.uid);
  if (known) return known;
  const credentials = await readCredentials(context, desktopId, account);
  context.credentials.set(pod.metadata.uid, credentials);
  return credentials;
}
