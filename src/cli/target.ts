/** The target of a command: a launch ID, `-` for your own desktop, or `desktop:ID` for another one. */
import type { Client } from '#client/client.ts';
import { ApiError } from '#client/errors.ts';
import type { DebugTarget } from '#protocol/debug.ts';
import { CliError } from './failure.ts';

export const TARGET_HELP = 'launch ID; - for your desktop, desktop:ID for another one';
const DESKTOP = 'desktop:';
/** For a launch whose name is also a subcommand. */
const LAUNCH = 'launch:';

export function debugTargetOf(text: string): DebugTarget {
  if (text === '-') return {};
  if (text.startsWith(DESKTOP)) return { desktop: text.slice(DESKTOP.length) };
  return { launch: text.startsWith(LAUNCH) ? text.slice(LAUNCH.length) : text };
}

export interface ServerTarget {
  readonly desktopId: string;
  readonly launch?: string;
}

/** Resolves the desktop on the server; an id that belongs to no launch may be a desktop's. */
export async function serverTarget(client: Client, text: string, signal: AbortSignal): Promise<ServerTarget> {
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
    remedy: 'Start your desktop in the browser, or name another one: desktop:ID (see deskpod desktops list).',
  });
}
