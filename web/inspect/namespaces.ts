/** Which containers share which namespaces, as letters and pairs. Pure. */
import { type Namespaces, NamespaceKind } from '#protocol/inspect.ts';

export const KINDS = NamespaceKind.options;

type Row = Namespaces['containers'][number];

/** One cell of the table: the same letter in one column is the same namespace. */
export interface Cell {
  readonly kind: NamespaceKind;
  /** The kernel's number; null where it could not be read. */
  readonly id: string | null;
  /** `A`, `B` … by first appearance; null where it could not be read. */
  readonly letter: string | null;
  /** Position of the letter, for its tint. */
  readonly at: number;
  /** Whether another container has the same one. */
  readonly shared: boolean;
}

export interface LetterRow {
  readonly name: string;
  readonly cells: readonly Cell[];
}

/** `A` to `Z`, then `AA`, `AB` … */
export function letterOf(at: number): string {
  const last = String.fromCharCode(65 + (at % 26));
  return at < 26 ? last : letterOf(Math.floor(at / 26) - 1) + last;
}

export function lettered({ containers }: Namespaces): readonly LetterRow[] {
  const perKind = new Map(
    KINDS.map((kind) => {
      const ids = containers.flatMap((row) => idOf(row, kind) ?? []);
      return [kind, { order: [...new Set(ids)], counts: Map.groupBy(ids, (id) => id) }] as const;
    }),
  );
  return containers.map((row) => ({
    name: row.name,
    cells: KINDS.map((kind) => {
      const id = idOf(row, kind);
      const known = perKind.get(kind);
      const at = id === null || !known ? -1 : known.order.indexOf(id);
      const shared = id !== null && (known?.counts.get(id)?.length ?? 0) > 1;
      return { kind, id, letter: at < 0 ? null : letterOf(at), at, shared };
    }),
  }));
}

const idOf = (row: Row, kind: NamespaceKind): string | null => row.ids[kind] ?? null;

export interface Pair {
  readonly shared: readonly NamespaceKind[];
  readonly own: readonly NamespaceKind[];
  readonly unknown: readonly NamespaceKind[];
}

/** Which namespaces two containers share, don't share, or can't be compared; null if one isn't in the list. */
export function compared({ containers }: Namespaces, first: string, second: string): Pair | null {
  const [one, other] = [first, second].map((name) => containers.find((row) => row.name === name));
  if (!one || !other) return null;
  const by = Map.groupBy(KINDS, (kind) => {
    const [a, b] = [idOf(one, kind), idOf(other, kind)];
    if (a === null || b === null) return 'unknown';
    return a === b ? 'shared' : 'own';
  });
  return { shared: by.get('shared') ?? [], own: by.get('own') ?? [], unknown: by.get('unknown') ?? [] };
}

/** At most two: selecting a third deselects the first. */
export function chosenTwo(before: readonly string[], name: string): readonly string[] {
  if (before.includes(name)) return before.filter((one) => one !== name);
  return [...before, name].slice(-2);
}
