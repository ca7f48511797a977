/** Fingers on the screen: their events are read here, and never reach noVNC's own gestures. */
import { effect } from '@preact/signals';
import { preferences } from '../../state/store.ts';
import { current, panning, screenState, touchLocked } from '../control.ts';
import { type Finger, Gestures } from './gestures.ts';
import { drawnPointer, TouchPointer } from './pointer.ts';
import { ShownView } from './shown-view.ts';

/** `frame` contains noVNC's canvas, `box` shows a part of it. */
export function attachTouch(box: HTMLElement, frame: HTMLElement, signal: AbortSignal): void {
  const pointer: TouchPointer = new TouchPointer(
    () => current.link?.canvas ?? null,
    () => view,
  );
  const view = new ShownView(
    box,
    () => ({ width: frame.offsetWidth, height: frame.offsetHeight }),
    (place) => pointer.viewMoved(place),
  );
  const mode = () => (panning.value ? 'panning' : preferences.value.touch);
  const gestures = new Gestures(
    {
      mode,
      now: () => performance.now(),
      later: (ms, then) => {
        const timer = setTimeout(then, ms);
        return () => clearTimeout(timer);
      },
    },
    {
      moveBy: (way) => pointer.moveBy(way),
      moveTo: (at) => pointer.moveTo(at),
      press: (button) => pointer.press(button),
      release: (button) => pointer.release(button),
      scroll: (at, way) => pointer.scroll(at, way),
      pan: (way) => view.panBy(way),
      zoom: (at, factor) => view.zoomBy(at, factor),
      locked: (isLocked) => (touchLocked.value = isLocked),
    },
  );
  const listen = (type: 'touchstart' | 'touchmove' | 'touchend', read: (fingers: readonly Finger[]) => void) =>
    frame.addEventListener(
      type,
      (event) => {
        // Otherwise the browser makes mouse events of it, scrolls, or zooms the page.
        if (event.cancelable) event.preventDefault();
        event.stopPropagation();
        read(
          Array.from(event.changedTouches, ({ identifier, clientX, clientY }) => ({
            id: identifier,
            x: clientX,
            y: clientY,
          })),
        );
      },
      { capture: true, passive: false, signal },
    );
  listen('touchstart', (fingers) => gestures.start(fingers));
  listen('touchmove', (fingers) => gestures.move(fingers));
  listen('touchend', (fingers) => gestures.end(fingers.map(({ id }) => id)));
  frame.addEventListener('touchcancel', (event) => (event.stopPropagation(), gestures.cancel()), {
    capture: true,
    signal,
  });
  const sized = new ResizeObserver(() => view.fit());
  for (const one of [box, frame]) sized.observe(one);
  // The pointer that noVNC draws is nothing to read.
  const stopHiding = effect(() => {
    if (screenState.value === 'connected') drawnPointer()?.setAttribute('aria-hidden', 'true');
  });
  // A gesture of another mode would end as one of this mode.
  const stop = effect(() => {
    mode();
    gestures.cancel();
  });
  signal.addEventListener('abort', () => {
    stop();
    stopHiding();
    sized.disconnect();
    gestures.cancel();
  });
}
