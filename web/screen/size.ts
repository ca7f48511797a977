/** How large the desktop should be in this window. */

/** Height of the bar above it, in CSS pixels; `--bar` in ui/tokens.css. */
const BAR = 36;

/** On a phone the desktop stays large enough for windows; the picture is moved instead. */
export function desktopMinimum(): { width: number; height: number } {
  const phone = matchMedia('(max-width: 699px) and (pointer: coarse)').matches;
  return phone ? { width: 960, height: 600 } : { width: 64, height: 64 };
}

export function screenSize(): { width: number; height: number } {
  const least = desktopMinimum();
  return {
    width: Math.min(8192, Math.max(least.width, Math.floor(window.innerWidth))),
    height: Math.min(8192, Math.max(least.height, Math.floor(window.innerHeight) - BAR)),
  };
}
