/** Waits until a window manager really manages a display, by events; what a dead one left behind does not count. */
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { DeskpodError } from '#domain/errors.ts';
import { EVENTS, XConnection } from './connection.ts';

const FIRST_RETRY_MS = 4;
const LAST_RETRY_MS = 30;

/**
 * Resolves when `_NET_SUPPORTING_WM_CHECK` names a window that exists and names itself. A display that is not there yet
 * is tried again (4 ms, growing to 30) until the signal aborts; then fails with `timeout`.
 */
export async function waitForWindowManager(
  connect: () => Promise<Duplex>,
  xCookie: string,
  signal: AbortSignal,
): Promise<void> {
  let last: unknown = null;
  for (let wait = FIRST_RETRY_MS; !signal.aborted; wait = Math.min(wait * 1.5, LAST_RETRY_MS)) {
    try {
      await managed(await XConnection.open(await connect(), xCookie, signal), signal);
      return;
    } catch (error) {
      last = error;
    }
    // A socket that does not exist yet has no event to wait for that works for every engine.
    await delay(wait, null, { signal, ref: true }).catch(() => null);
  }
  throw new DeskpodError('timeout', "The desktop's window manager did not start in time.", { cause: last });
}

/** Owns the connection. Rejects when it is lost or the signal aborts. */
function managed(x: XConnection, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abort = (): void => x.close();
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  x.onClose((reason) => reject(reason ?? new DeskpodError('desktop_missing', 'The X server went away.')));
  watch(x, resolve).catch(reject);
  return promise.finally(() => {
    signal.removeEventListener('abort', abort);
    x.close();
  });
}

async function watch(x: XConnection, found: () => void): Promise<void> {
  const check = await x.internAtom('_NET_SUPPORTING_WM_CHECK');
  const look = async (): Promise<void> => {
    const [window] = await x.words(x.root, check, 1);
    if (!window) return;
    const [itself] = await x.words(window, check, 1);
    if (itself === window) found();
  };
  x.onEvent((event) => {
    if (event.name === 'PropertyNotify' && event.wid === x.root && event.atom === check) look().catch(() => x.close());
  });
  await x.select(x.root, EVENTS.PropertyChange);
  await look();
}
