/** Ends a desktop on purpose: stores the ends of its launches, then removes desktop, launches and secrets. */
import type { ApiContext } from './context.ts';

const REMOVE_TIMEOUT_MS = 30_000;

export async function endDesktop(
  { desktops, launches, gateway, engine }: Pick<ApiContext, 'desktops' | 'launches' | 'gateway' | 'engine'>,
  desktopId: string,
): Promise<void> {
  const owner = desktops.ownerOf(desktopId);
  await launches.desktopEnded(desktopId, 'on purpose');
  // First, so that viewers get the reason; later again for viewers that connected meanwhile.
  gateway.closeDesktop(desktopId);
  if (owner === null) await engine.removeDesktop(desktopId, AbortSignal.timeout(REMOVE_TIMEOUT_MS));
  else await desktops.remove(owner);
  gateway.closeDesktop(desktopId);
}
