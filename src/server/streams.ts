/** What browsers open with a ticket in one process: screens, at our address and the compatible one, and sound. */
import type { Viewers } from '#domain/server/session-ends.ts';
import type { Gateway } from '#gateway/gateway.ts';
import type { Sounds } from '#gateway/sound/sounds.ts';
import type { UpgradeRoute } from '#gateway/upgrade.ts';
import { SCREEN_PATH, WEBSOCKIFY_PATH } from '#protocol/screen.ts';
import { SOUND_PATH } from '#protocol/sound.ts';

const STREAM_PATHS = [SCREEN_PATH, WEBSOCKIFY_PATH, SOUND_PATH] as const;
type StreamPath = (typeof STREAM_PATHS)[number];

export interface Streams extends Viewers {
  /** Handles an upgrade to one of these paths. */
  handle(path: StreamPath, ...upgrade: Parameters<UpgradeRoute['handle']>): Promise<void>;
  /** Resolves when everybody has left, or after a moment. */
  close(): Promise<void>;
}

/** `current` throws while there is nothing to open. */
export function streamRoutes(current: () => Streams): UpgradeRoute[] {
  return STREAM_PATHS.map((path) => ({
    path,
    handle: async (...upgrade) => current().handle(path, ...upgrade),
  }));
}

export function streamsOf(screens: Gateway, sounds: Sounds): Streams {
  const both = [screens, sounds];
  return {
    handle: (path, ...upgrade) => (path === SOUND_PATH ? sounds : screens).handleUpgrade(...upgrade),
    closeSession: (sessionId) => both.forEach((one) => one.closeSession(sessionId)),
    closeUser: (userId, before) => both.forEach((one) => one.closeUser(userId, before)),
    closeDesktop: (desktopId) => both.forEach((one) => one.closeDesktop(desktopId)),
    close: async () => void (await Promise.all(both.map((one) => one.close()))),
  };
}
