/** Finds the launch that a window belongs to: asked once per window, with everything that identifies its client. */
import { waitAtMost } from '#domain/deadlines.ts';
import { ignore } from '#protocol/ignore.ts';
import type { DisplaySource } from '#domain/ports/display.ts';
import type { Atoms } from './atoms.ts';
import type { WindowConnection } from './connection.ts';
import { readText } from './properties.ts';

/** After this, the window is listed without its launch. */
const OWNER_MS = 2000;

/** Null if no launch is known or the engine takes too long. Fails only with the connection. */
export async function ownerOf(
  x: WindowConnection,
  atoms: Atoms,
  window: { readonly id: number; readonly wmClass: string },
  launchOf: DisplaySource['launchOf'],
): Promise<string | null> {
  const [pid, machine, startupId] = await Promise.all([
    x.pid(window.id),
    readText(x, atoms, window.id, 'WM_CLIENT_MACHINE'),
    readStartupId(x, atoms, window.id),
  ]);
  const found = launchOf({ pid, machine: machine || null, startupId, wmClass: window.wmClass });
  return await waitAtMost(OWNER_MS, found.catch(ignore('the window is listed without its launch', null)), null);
}

/** The startup notification id of the window, else of its group's leader, where toolkits put it. */
async function readStartupId(x: WindowConnection, atoms: Atoms, id: number): Promise<string | null> {
  const own = await readText(x, atoms, id, '_NET_STARTUP_ID');
  if (own !== '') return own;
  const [leader] = await x.words(id, atoms.number('WM_CLIENT_LEADER'), 1);
  if (!leader || leader === id) return null;
  return (await readText(x, atoms, leader, '_NET_STARTUP_ID')) || null;
}
