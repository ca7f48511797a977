/** The API client of this page, and the events that end waiting for the network. */
import { createClient } from '#client/client.ts';
import { serverUrl } from '../ui/server-url.ts';

/** Fires `refused` when the server answers any request with 401. */
export const login = new EventTarget();

export const api = createClient({
  baseUrl: serverUrl('').href.replace(/\/$/, ''),
  async fetch(input, init) {
    const response = await fetch(input, init);
    if (response.status === 401) login.dispatchEvent(new Event('refused'));
    return response;
  },
});

/** Fires `wake` when the network or the user is back: pauses between retries end. */
export const wake = new EventTarget();

export function watchForWake(): void {
  const fire = () => {
    if (document.visibilityState === 'visible') wake.dispatchEvent(new Event('wake'));
  };
  window.addEventListener('online', fire);
  window.addEventListener('pageshow', fire);
  document.addEventListener('visibilitychange', fire);
}
