/** Where screens are opened, at our address and the compatible one, and sound and video. */
import type { UpgradeRoute } from '#gateway/upgrade.ts';
import { SCREEN_PATH, WEBSOCKIFY_PATH } from '#protocol/screen.ts';
import { SOUND_PATH } from '#protocol/sound.ts';
import { VIDEO_PATH } from '#protocol/video.ts';

export function screenRoutes(handle: UpgradeRoute['handle']): UpgradeRoute[] {
  return [SCREEN_PATH, WEBSOCKIFY_PATH].map((path) => ({ path, handle }));
}

export function soundRoute(handle: UpgradeRoute['handle']): UpgradeRoute {
  return { path: SOUND_PATH, handle };
}

export function videoRoute(handle: UpgradeRoute['handle']): UpgradeRoute {
  return { path: VIDEO_PATH, handle };
}
