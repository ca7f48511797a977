/**
 * Which prints are new: those that are later than the last one shown. A file that is moved into the folder with an older
 * time is none. Times have a resolution of a second, so the names of that second belong to the marker. Pure.
 */
import { z } from 'zod';
import type { Print, ShownPrint } from '#protocol/print.ts';

/** Apps can give files any time. One in the future would otherwise make all that follow look old. */
const FUTURE_MS = 60_000;
const MOST_NAMES = 64;

export const PrintMarker = z.object({ at: z.iso.datetime(), names: z.array(z.string()) });
export type PrintMarker = z.infer<typeof PrintMarker>;

/** Before anything was shown: prints from `from` on are new. */
export function markerFrom(from: Date): PrintMarker {
  return { at: new Date(Math.floor(from.getTime() / 1000) * 1000).toISOString(), names: [] };
}

/** Oldest first. */
export function newPrints(prints: readonly Print[], marker: PrintMarker, now: Date): readonly Print[] {
  return prints
    .filter((print) => isNew(print, marker, now))
    .toSorted((a, b) => Date.parse(a.changedAt) - Date.parse(b.changedAt) || a.name.localeCompare(b.name));
}

export function isNew({ name, changedAt }: ShownPrint, marker: PrintMarker, now: Date): boolean {
  const at = Date.parse(changedAt);
  const shown = Date.parse(marker.at);
  if (at > now.getTime() + FUTURE_MS) return false;
  return at > shown || (at === shown && !marker.names.includes(name));
}

/** The marker once this print was shown, too. */
export function markShown(marker: PrintMarker, { name, changedAt }: ShownPrint, now: Date): PrintMarker {
  if (!isNew({ name, changedAt }, marker, now)) return marker;
  const names = Date.parse(changedAt) === Date.parse(marker.at) ? marker.names : [];
  return { at: changedAt, names: [...names, name].slice(-MOST_NAMES) };
}
