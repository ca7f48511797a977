/** Which launch a window belongs to, asked once per window with everything that tells its client. */
import type { DisplaySource } from '#domain/display.ts';
import type { Atoms } from './atoms.ts';
import type { XConnection } from './connection.ts';
import { readText } from './properties.ts';

/** A window is listed without its launch rather than later than this. */
const OWNER_MS = 2000;

/** Null when no launch is known, or the engine did not say in time. Fails only with the connection. */
export async function ownerOf(
  x: XConnection,
  atoms: Atoms,
  window: { readonly id: number; readonly wmClass: string },
  launchOf: DisplaySource['launchOf'],
): Promise<string | null> {
  const [pid, machine, startupId] = await Promise.all([
    x.pid(window.id),
    readText(x, atoms, window.id, 'WM_CLIENT_MACHINE'),
    readStartupId(x, atoms, window.id),
  ]);
  const { promise: late, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), OWNER_MS).unref();
  const answer = launchOf({ pid, machine: machine || null, startupId, wmClass: window.wmClass }).catch(() => null);
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The startup notification id of the window, else of its group's leader, where toolkits put it. */
async function readStartupId(x: XConnection, atoms: Atoms, id: number): Promise<string | null> {
  const own = await readText(x, atoms, id, '_NET_STARTUP_ID');
  if (own !== '') return own;
  const [leader] = await x.words(id, atoms.number('WM_CLIENT_LEADER'), 1);
  if (!leader || leader === id) return null;
  return (await readText(x, atoms, leader, '_NET_STARTUP_ID')) || null;
}
