/** The desktop's size for this window, and when the window requests it. */
import type { SizeRequest } from './size-request.ts';

/** Height of the bar above it, in CSS pixels; `--bar` in ui/tokens.css. */
const BAR = 36;

/** A phone in either orientation. */
const PHONE = '(pointer: coarse) and ((max-width: 699px) or (max-height: 599px))';

/** On a phone the desktop stays large enough for windows, and the user pans it. */
export function desktopMinimum(): { width: number; height: number } {
  const phone = matchMedia(PHONE).matches;
  return phone ? { width: 960, height: 600 } : { width: 64, height: 64 };
}

export function screenSize(): { width: number; height: number } {
  const least = desktopMinimum();
  return {
    width: Math.min(8192, Math.max(least.width, Math.floor(window.innerWidth))),
    height: Math.min(8192, Math.max(least.height, Math.floor(window.innerHeight) - BAR)),
  };
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
