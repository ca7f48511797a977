/** What a command is about, as people say it: a launch's id, `-` for their own desktop, `desktop:ID` for another one. */
import type { Client } from '#client/client.ts';
import { ApiError } from '#client/errors.ts';
import type { DebugTarget } from '#protocol/debug.ts';
import { CliError } from './failure.ts';

export const PLACE_HELP = 'id of a launch; - means your desktop, desktop:ID another one';
const DESKTOP = 'desktop:';

export function debugTargetOf(text: string): DebugTarget {
  if (text === '-') return {};
  return text.startsWith(DESKTOP) ? { desktop: text.slice(DESKTOP.length) } : { launch: text };
}

export interface Place {
  readonly desktopId: string;
  readonly launch?: string;
}

/** Asks the server which desktop that is; an id that is no launch's may be a desktop's. */
export async function placeOf(client: Client, text: string, signal: AbortSignal): Promise<Place> {
  const { launch, desktop } = debugTargetOf(text);
  if (desktop !== undefined) return { desktopId: desktop };
  if (launch === undefined) return { desktopId: await ownDesktop(client) };
  try {
    const { desktopId } = await client.launches.get(launch, signal);
    return { desktopId, launch };
  } catch (error) {
    if (error instanceof ApiError && error.code === 'not_found') return { desktopId: launch };
    throw error;
  }
}

async function ownDesktop(client: Client): Promise<string> {
  const { id } = await client.desktop.get();
  if (id !== null) return id;
  throw new CliError('You have no desktop.', {
    remedy: 'Say whose: desktop:ID (deskpod desktops list), or open yours in the browser.',
  });
}
