/** Where screens are opened: our address and the compatible one. */
import type { UpgradeRoute } from '#gateway/upgrade.ts';
import { SCREEN_PATH, WEBSOCKIFY_PATH } from '#protocol/screen.ts';

export function screenRoutes(handle: UpgradeRoute['handle']): UpgradeRoute[] {
  return [SCREEN_PATH, WEBSOCKIFY_PATH].map((path) => ({ path, handle }));
}
