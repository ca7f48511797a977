/** The one client of this page, and the moments at which waiting for the network should end. */
import { createClient } from '#client/client.ts';
import { address } from '../ui/address.ts';

export const api = createClient({ baseUrl: address('').href.replace(/\/$/, '') });

/** Fires `wake` when the network or the user is back: pauses between attempts end then. */
export const wake = new EventTarget();

export function watchForWake(): void {
  const fire = () => {
    if (document.visibilityState === 'visible') wake.dispatchEvent(new Event('wake'));
  };
  window.addEventListener('online', fire);
  window.addEventListener('pageshow', fire);
  document.addEventListener('visibilitychange', fire);
}
