/** Ends a desktop on purpose: what its launches left is kept, then desktop, launches and secrets are removed. */
import type { ApiContext } from './context.ts';

export async function endDesktop(
  { desktops, launches, gateway, engine }: Pick<ApiContext, 'desktops' | 'launches' | 'gateway' | 'engine'>,
  desktopId: string,
): Promise<void> {
  const owner = desktops.ownerOf(desktopId);
  await launches.desktopEnded(desktopId);
  // First, so that viewers are told why instead of seeing their screen break; again for who came in meanwhile.
  gateway.closeDesktop(desktopId);
  if (owner === null) await engine.removeDesktop(desktopId, AbortSignal.timeout(30_000));
  else await desktops.remove(owner);
  gateway.closeDesktop(desktopId);
}
