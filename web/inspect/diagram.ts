/** The layout of the diagram: containers in frames at the left, a line for each shared namespace. Pure. */
import type { InspectedContainer, NamespaceKind, Namespaces } from '#protocol/inspect.ts';
import { KINDS, lettered } from './namespaces.ts';

export interface Card {
  readonly container: InspectedContainer;
  readonly x: number;
  readonly y: number;
}

export interface Frame {
  /** The desktop, or one container outside it. */
  readonly kind: 'desktop' | 'beside';
  readonly y: number;
  readonly height: number;
}

export interface Dot {
  readonly name: string;
  readonly kind: NamespaceKind;
  readonly x: number;
  readonly y: number;
  readonly letter: string | null;
  readonly at: number;
  readonly shared: boolean;
}

/** Joins two dots of one namespace that several containers share. */
export interface Line {
  readonly kind: NamespaceKind;
  readonly at: number;
  readonly x: number;
  readonly from: number;
  readonly to: number;
  /** It bends around dots of other namespaces in between. */
  readonly round: boolean;
}

export interface Diagram {
  readonly width: number;
  readonly height: number;
  readonly cards: readonly Card[];
  readonly frames: readonly Frame[];
  readonly columns: readonly { readonly kind: NamespaceKind; readonly x: number }[];
  readonly dots: readonly Dot[];
  readonly lines: readonly Line[];
  /** Finished containers are listed in the table only. */
  readonly finished: number;
}

/** In CSS pixels; diagram-view.tsx and inspect.css use the same sizes. */
export const CARD = { width: 330, height: 48 };
export const FRAME_WIDTH = 358;
const HEAD = 26;
const PAD = 14;
const GAP = 8;
const COLUMN = 62;
/** How far a line bends around other dots. */
const ROUND = 19;
const FIRST_COLUMN = FRAME_WIDTH + 40;

export function diagramOf(containers: readonly InspectedContainer[], namespaces: Namespaces | null): Diagram {
  const shown = containers.filter(({ state }) => state !== 'finished');
  const own = shown.filter(({ place }) => place === 'inside');
  const beside = shown.filter(({ place }) => place === 'beside');
  const cards: Card[] = [];
  const frames: Frame[] = [];
  let y = HEAD;
  const frame = (kind: Frame['kind'], members: readonly InspectedContainer[]) => {
    const top = y;
    y += HEAD;
    for (const container of members) {
      cards.push({ container, x: PAD, y });
      y += CARD.height + GAP;
    }
    y += PAD - GAP;
    frames.push({ kind, y: top, height: y - top });
    y += PAD;
  };
  if (own.length > 0) frame('desktop', own);
  for (const container of beside) frame('beside', [container]);

  const columns = KINDS.map((kind, at) => ({ kind, x: FIRST_COLUMN + at * COLUMN }));
  const rows = lettered(namespaces ?? { containers: [] });
  const dots = cards.flatMap(({ container, y: top }) => {
    const row = rows.find(({ name }) => name === container.name);
    return columns.flatMap(({ kind, x }) => {
      const cell = row?.cells.find((one) => one.kind === kind);
      if (!cell) return [];
      const { letter, at, shared } = cell;
      return [{ name: container.name, kind, x, y: top + CARD.height / 2, letter, at, shared }];
    });
  });
  return {
    width: FIRST_COLUMN + KINDS.length * COLUMN - COLUMN / 2 + 8,
    height: Math.max(y, HEAD),
    cards,
    frames,
    columns,
    dots,
    lines: linesOf(dots),
    finished: containers.length - shown.length,
  };
}

/** A line from each dot to the next one of the same namespace. */
function linesOf(dots: readonly Dot[]): readonly Line[] {
  const shared = dots.filter((dot) => dot.letter !== null);
  const groups = [...Map.groupBy(shared, ({ kind, letter }) => `${kind} ${letter}`).values()];
  return groups.flatMap((group) =>
    group.slice(1).map((dot, index) => {
      const { kind, at, x, y: to } = dot;
      const from = group[index]?.y ?? to;
      const round = dots.some((other) => other.kind === kind && other.y > from && other.y < to);
      return { kind, at, x, from, to, round };
    }),
  );
}

/** As an SVG path. */
export function pathOf({ x, from, to, round }: Line): string {
  if (!round) return `M ${x} ${from} V ${to}`;
  const out = x + ROUND;
  return `M ${x} ${from} C ${out} ${from + 24}, ${out} ${from + 24}, ${out} ${from + 40} V ${to - 40} C ${out} ${to - 24}, ${out} ${to - 24}, ${x} ${to}`;
}
