/** The desktop's size for this window, and when the window requests it. */
import { computed, effect, signal } from '@preact/signals';
import type { Scale } from '#protocol/scale.ts';
import { api } from '../state/api.ts';
import { attempt } from '../state/notices.ts';
import { preferences } from '../state/store.ts';
import { type Fit, fit, scaleFor, type Size } from './density.ts';
import type { SizeRequest } from './size-request.ts';

/** Height of the bar above it, in CSS pixels; `--bar` in ui/tokens.css. */
const BAR = 36;

/** A phone in either orientation. */
const PHONE = '(pointer: coarse) and ((max-width: 699px) or (max-height: 599px))';

/** What this window asks for. */
export const wanted = signal<Fit>(fit(screenBox(), devicePixelRatio));
export const wantedScale = computed(() => scaleFor(preferences.value.scale, wanted.value));

/** In CSS pixels. On a phone the desktop stays large enough for windows, and the user pans it. */
function screenBox(box?: Size): Size {
  const phone = matchMedia(PHONE).matches;
  const least = phone ? { width: 960, height: 600 } : { width: 64, height: 64 };
  return {
    width: Math.max(least.width, box?.width ?? innerWidth),
    height: Math.max(least.height, box?.height ?? innerHeight - BAR),
  };
}

/**
 * Gives the frame as many CSS pixels as make whole device pixels: then each pixel of the desktop is one of the screen, and
 * text is sharp. Follows the window's size, browser zoom, and the window to another screen.
 */
export function fitFrame(frame: HTMLElement, signal: AbortSignal): void {
  const box = frame.parentElement;
  if (!box) return;
  const refit = () => {
    const next = fit(screenBox(box.getBoundingClientRect()), devicePixelRatio);
    frame.style.width = `${next.width / next.density}px`;
    frame.style.height = `${next.height / next.density}px`;
    const { width, height, density } = wanted.peek();
    if (next.width !== width || next.height !== height || next.density !== density) wanted.value = next;
  };
  const observer = new ResizeObserver(refit);
  observer.observe(box);
  signal.addEventListener('abort', () => observer.disconnect());
  onDensityChange(refit, signal);
  refit();
}

/** A media query matches one density only, so each change needs the next one. */
function onDensityChange(then: () => void, signal: AbortSignal): void {
  const query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
  const changed = () => {
    then();
    onDensityChange(then, signal);
  };
  query.addEventListener('change', changed, { once: true, signal });
}

let sentScale: Scale | null = null;

/** The programs of the desktop draw as large as this window wants: also if another window has changed that meanwhile. */
export function sendScale(): void {
  const scale = wantedScale.peek();
  sentScale = scale;
  void attempt(() => api.desktop.scale(scale));
}

export function sendChangedScale(): void {
  if (wantedScale.peek() !== sentScale) sendScale();
}

/** Requests the size whenever the user returns or is active. */
export function requestSizeOnUse(screen: HTMLElement, sizeRequest: SizeRequest, signal: AbortSignal): void {
  const use = () => {
    if (document.visibilityState === 'visible') sizeRequest.send();
  };
  for (const type of ['pointerdown', 'wheel', 'keydown'])
    screen.addEventListener(type, use, { capture: true, passive: true, signal });
  window.addEventListener('focus', use, { signal });
  document.addEventListener('visibilitychange', use, { signal });
}

/** Calls `changed` when this window wants another size or scale; not for what it wants now. */
export function onWanted(changed: () => void, until: AbortSignal): void {
  let first = true;
  const stop = effect(() => {
    void wanted.value;
    void wantedScale.value;
    if (!first) changed();
    first = false;
  });
  until.addEventListener('abort', stop, { once: true });
}
