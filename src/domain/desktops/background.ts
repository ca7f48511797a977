/** The wallpaper: a desktop that can't show the administrator's choice reports it in its own log only. */
import type { DesktopSpec, Engine } from '../ports/engine.ts';

const BEGINNING = 16_384;
const READ_TIMEOUT_MS = 15_000;

export interface BackgroundEvents {
  backgroundRefused(desktopId: string, reason: string): void;
  failed(what: string, error: unknown): void;
}

/** Copies that report to the server's log, which administrators read. Never rejects. */
export async function tellOfBackground(
  engine: Pick<Engine, 'logs'>,
  { id: desktopId, env }: Pick<DesktopSpec, 'id' | 'env'>,
  events: BackgroundEvents,
): Promise<void> {
  if (!['SET_DEFAULT_WALLPAPER', 'SET_DEFAULT_COLOR'].some((name) => env[name])) return;
  const signal = AbortSignal.timeout(READ_TIMEOUT_MS);
  try {
    for await (const { text } of engine.logs({ desktopId }, { follow: false, tailBytes: BEGINNING }, signal)) {
      const reason = /^deskpod: (SET_DEFAULT_.*)/.exec(text)?.[1];
      if (reason !== undefined) events.backgroundRefused(desktopId, reason);
    }
  } catch (error) {
    events.failed('reading the log of a desktop', error);
  }
}
