/** What is selected in a list: by pointer and keyboard, as in the file managers of desktops. Pure. */
import { folded } from './entry.ts';

export interface Selection {
  /** Paths. */
  readonly chosen: ReadonlySet<string>;
  /** Where the keyboard is; null: nowhere yet. */
  readonly at: string | null;
  /** Where a range begins. */
  readonly anchor: string | null;
}

export const NOTHING: Selection = { chosen: new Set(), at: null, anchor: null };

export interface Modifiers {
  /** Extends the range from the anchor. */
  readonly range: boolean;
  /** Adds or removes one (a click), or moves without selecting (a key). */
  readonly toggle: boolean;
}

export const only = (path: string): Selection => those([path]);

/** The keyboard is at the first. */
export function those(paths: readonly string[]): Selection {
  const [first = null] = paths;
  return { chosen: new Set(paths), at: first, anchor: first };
}

export function clicked(selection: Selection, order: readonly string[], path: string, keys: Modifiers): Selection {
  if (keys.range) return ranged(selection, order, path, keys.toggle);
  if (keys.toggle) return toggled(selection, path);
  return only(path);
}

export function toggled({ chosen }: Selection, path: string): Selection {
  const next = new Set(chosen);
  if (!next.delete(path)) next.add(path);
  return { chosen: next, at: path, anchor: path };
}

export function all(selection: Selection, order: readonly string[]): Selection {
  return { ...selection, chosen: new Set(order), at: selection.at ?? order[0] ?? null };
}

/** With `added`, what was selected stays so. */
function ranged(selection: Selection, order: readonly string[], path: string, added: boolean): Selection {
  const from = Math.max(0, order.indexOf(selection.anchor ?? order[0] ?? ''));
  const to = order.indexOf(path);
  if (to < 0) return selection;
  const range = order.slice(Math.min(from, to), Math.max(from, to) + 1);
  return {
    chosen: new Set(added ? [...selection.chosen, ...range] : range),
    at: path,
    anchor: order[from] ?? path,
  };
}

/** What is gone from the list is no longer selected; the keyboard stays near where it was. */
export function kept(selection: Selection, before: readonly string[], order: readonly string[]): Selection {
  const here = new Set(order);
  const chosen = new Set([...selection.chosen].filter((path) => here.has(path)));
  const near = (path: string | null): string | null => {
    if (path === null || here.has(path)) return path;
    const at = before.indexOf(path);
    return order[Math.min(Math.max(at, 0), order.length - 1)] ?? null;
  };
  return { chosen, at: near(selection.at), anchor: near(selection.anchor) };
}

export interface Shape {
  /** Entries beside each other: 1 in a list. */
  readonly columns: number;
  /** Rows that are visible at once. */
  readonly rows: number;
}

/** The index that a key leads to, or null if it isn't a key that moves. `from` is -1 at first. */
export function moveTo(key: string, from: number, count: number, { columns, rows }: Shape): number | null {
  if (count === 0) return null;
  const last = count - 1;
  const bounded = (to: number): number => Math.min(last, Math.max(0, to));
  const here = Math.max(0, from);
  const step = (by: number): number => (from < 0 ? 0 : bounded(from + by));
  switch (key) {
    case 'ArrowDown':
      return from < 0
        ? 0
        : from + columns > last
          ? Math.max(here, lastRow(count, columns) > from ? last : here)
          : from + columns;
    case 'ArrowUp':
      return from < 0 ? 0 : from - columns < 0 ? here : from - columns;
    case 'ArrowRight':
      return columns > 1 ? step(1) : null;
    case 'ArrowLeft':
      return columns > 1 ? step(-1) : null;
    case 'PageDown':
      return step(columns * Math.max(1, rows - 1));
    case 'PageUp':
      return step(-columns * Math.max(1, rows - 1));
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
}

/** The index at which the last row begins. */
const lastRow = (count: number, columns: number): number => Math.floor((count - 1) / columns) * columns;

export function moved(selection: Selection, order: readonly string[], to: number, keys: Modifiers): Selection {
  const path = order[to];
  if (path === undefined) return selection;
  if (keys.range) return ranged(selection, order, path, keys.toggle);
  return keys.toggle ? { ...selection, at: path } : only(path);
}

/** The next name that begins with what was typed, after `from`; a single letter again goes on to the next. */
export function typedAhead(names: readonly string[], from: number, typed: string): number {
  const asked = folded(typed);
  const same = asked.length > 1 && new Set(asked).size === 1;
  const wanted = same ? asked.slice(0, 1) : asked;
  const start = wanted.length === 1 ? from + 1 : Math.max(0, from);
  for (let step = 0; step < names.length; step += 1) {
    const at = (start + step) % names.length;
    if (folded(names[at] ?? '').startsWith(wanted)) return at;
  }
  return -1;
}
