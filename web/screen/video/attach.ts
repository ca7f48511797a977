/** Shows the moving parts of one connection's screen as video, as long as it lasts and the page is seen. */
import { effect, signal } from '@preact/signals';
import { pause } from '../../state/pause.ts';
import { api } from '../../state/api.ts';
import { moving, preferences } from '../../state/store.ts';
import type { RfbLink } from '../rfb.ts';
import { TicketCache } from '../ticket-cache.ts';
import { shownScreen } from '../view.ts';
import { decodableCodecs } from './codec.ts';
import { Overlay } from './overlay.ts';
import { Videos } from './videos.ts';

const seen = signal(document.visibilityState === 'visible');
document.addEventListener('visibilitychange', () => (seen.value = document.visibilityState === 'visible'));

/** Tickets are fetched when the first part moves. */
const tickets = new TicketCache({
  fetch: (until) => api.desktop.ticket(until, 'video'),
  isFinal: () => true,
  now: () => Date.now(),
  pause,
});
const FETCH_MS = 10_000;

/**
 * A frugal picture has no video: it needs more than the 1 Mbit/s that such a viewer gets. Nor has a page that shows one of
 * several screens: moving regions are places on the whole desktop.
 */
export function showVideos(frame: HTMLElement, link: RfbLink): void {
  const { canvas, leaveOut } = link;
  if (canvas === null) return;
  let stop = (): void => {};
  let isClosed = false;
  void link.closed.then(() => {
    isClosed = true;
    stop();
  });
  void Promise.all([decodableCodecs(), link.painted]).then(([codecs, isPainted]) => {
    if (codecs.length === 0 || !isPainted || isClosed) return;
    const videos = new Videos({
      codecs,
      ticket: () => tickets.take(AbortSignal.timeout(FETCH_MS)),
      open: (region, codec, token, listeners) =>
        new Overlay({ frame, screen: canvas }, region, codec, token, {
          ...listeners,
          ended: () => {
            tickets.doubt();
            listeners.ended();
          },
        }),
      leaveOut,
      later: (ms, then) => {
        const timer = setTimeout(then, ms);
        return () => clearTimeout(timer);
      },
    });
    link.onFilled((area) => videos.filled(area));
    const unfollow = effect(() =>
      videos.become(
        seen.value && preferences.value.picture !== 'frugal' && shownScreen.value === null ? moving.value : [],
      ),
    );
    stop = () => {
      unfollow();
      videos.stop();
    };
  });
}
