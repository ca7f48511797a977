/** The user's monitors (Window Management API), where the browser has them and the user permits it. */
import { z } from 'zod';
import { MAX_SIDE } from '#protocol/screen.ts';
import { ignore } from '#protocol/ignore.ts';
import { freeMonitor, type Place } from './free-monitor.ts';

const Monitor = z.object({
  availLeft: z.number(),
  availTop: z.number(),
  availWidth: z.number(),
  availHeight: z.number(),
});
const Details = z.object({ screens: z.array(Monitor), currentScreen: Monitor });

/** Of the monitor of this window, in its own pixels. */
export function monitorSize(): { readonly width: number; readonly height: number } {
  const side = (css: number): number => Math.max(1, Math.min(MAX_SIDE, Math.round(css * devicePixelRatio)));
  return { width: side(screen.width), height: side(screen.height) };
}

/** All of the first monitor without a window of this desktop; beside this window if there is none. */
export async function placeForWindow(
  others: readonly { readonly left: number; readonly top: number }[],
): Promise<Place> {
  const near = { left: screenX + outerWidth, top: screenY, width: 1280, height: 800 };
  const details = await monitors();
  if (details === null) return near;
  const here = placeOf(details.currentScreen);
  return freeMonitor(details.screens.map(placeOf), [here, ...others]) ?? near;
}

function placeOf({ availLeft, availTop, availWidth, availHeight }: z.infer<typeof Monitor>): Place {
  return { left: availLeft, top: availTop, width: availWidth, height: availHeight };
}

/** Null with one monitor, without the API, and without permission. */
async function monitors(): Promise<z.infer<typeof Details> | null> {
  if (!('getScreenDetails' in window) || typeof window.getScreenDetails !== 'function') return null;
  if (!('isExtended' in screen) || screen.isExtended !== true) return null;
  try {
    return Details.parse(readable(await window.getScreenDetails()));
  } catch (error) {
    return ignore('windows open beside this one without the permission', null)(error);
  }
}

/** Its values are accessors of a prototype, which zod doesn't read. */
function readable(details: unknown): unknown {
  if (typeof details !== 'object' || details === null) return null;
  const { screens, currentScreen } = details as { screens?: unknown; currentScreen?: unknown };
  const one = (monitor: unknown): unknown => {
    if (typeof monitor !== 'object' || monitor === null) return null;
    return Object.fromEntries(Object.keys(Monitor.shape).map((key) => [key, Reflect.get(monitor, key)]));
  };
  return { screens: Array.isArray(screens) ? screens.map(one) : [], currentScreen: one(currentScreen) };
}
