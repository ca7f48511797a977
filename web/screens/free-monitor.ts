/** Which of the user's monitors gets the next screen. Pure. */

/** In CSS pixels, relative to the main monitor. */
export interface Place {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The first one in which no window starts. */
export function freeMonitor(
  monitors: readonly Place[],
  windows: readonly { readonly left: number; readonly top: number }[],
): Place | null {
  const has = (place: Place): boolean =>
    windows.some(
      ({ left, top }) =>
        left >= place.left && left < place.left + place.width && top >= place.top && top < place.top + place.height,
    );
  return monitors.find((place) => !has(place)) ?? null;
}
