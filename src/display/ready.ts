/** Waits for events until a window manager manages a display; the properties of a dead one don't count. */
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { DeskpodError, toError } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';
import { EVENTS, XConnection } from './connection.ts';

const FIRST_RETRY_MS = 4;
const LAST_RETRY_MS = 30;

/**
 * Resolves when `_NET_SUPPORTING_WM_CHECK` names a window that exists and names itself. Retries a display that doesn't
 * exist yet (after 4 ms, growing to 30) until the signal aborts, then fails with `timeout`.
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
    // No event that works for every engine reports that a socket appeared.
    await delay(wait, null, { signal, ref: true }).catch(ignore('the loop ends with the signal'));
  }
  throw new DeskpodError('timeout', "The desktop's window manager didn't start in time.", { cause: last });
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
  const atom = await x.internAtom('_NET_SUPPORTING_WM_CHECK');
  const check = async (): Promise<void> => {
    const [window] = await x.words(x.root, atom, 1);
    if (!window) return;
    const [itself] = await x.words(window, atom, 1);
    if (itself === window) found();
  };
  x.onEvent((event) => {
    if (event.name === 'PropertyNotify' && event.wid === x.root && event.atom === atom)
      check().catch((error: unknown) => x.close(toError(error)));
  });
  await x.select(x.root, EVENTS.PropertyChange);
  await check();
}
