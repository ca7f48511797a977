/** Figures of a group as bars in an SVG picture: a bar is the median, its thin end the 95th percentile. Pure. */
import { type Figure, rounded } from './results.ts';

const WIDTH = 760;
const LABEL_WIDTH = 230;
const VALUE_WIDTH = 120;
const BAR = { height: 16, gap: 6 } as const;
const TITLE_HEIGHT = 34;
const FIGURE_GAP = 14;
const COLOURS = ['#2563eb', '#9ca3af', '#d97706', '#059669', '#9333ea'];
const STYLE = `text{font:13px system-ui,sans-serif;fill:#1f2937}.t{font-weight:600}.v{font-size:12px}
@media (prefers-color-scheme:dark){text{fill:#e5e7eb}}`;

/** `names` gives each contender its colour, in this order. */
export function plot(figures: readonly Figure[], names: readonly string[]): string {
  let y = 0;
  const parts = figures.map((figure) => {
    const drawn = bars(figure, names, y);
    y += drawn.height;
    return drawn.svg;
  });
  const size = `width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img">\n<style>${STYLE}</style>\n${parts.join('\n')}\n</svg>\n`;
}

function bars({ what, unit, sides }: Figure, names: readonly string[], top: number) {
  const shown = names.flatMap((name) => {
    const side = sides[name];
    return side === undefined ? [] : [{ name, ...side }];
  });
  const most = Math.max(...shown.flatMap(({ p50, p95 }) => [p50, p95]), Number.MIN_VALUE);
  const length = (value: number): number => rounded(((WIDTH - LABEL_WIDTH - VALUE_WIDTH) * value) / most);
  const lines = shown.map(({ name, p50, p95 }, index) => {
    const y = top + TITLE_HEIGHT + index * (BAR.height + BAR.gap);
    const [low, high] = [length(Math.min(p50, p95)), length(Math.max(p50, p95))];
    const fill = COLOURS[names.indexOf(name) % COLOURS.length];
    const middle = y + BAR.height / 2;
    return [
      `<text x="${LABEL_WIDTH - 8}" y="${middle + 4}" text-anchor="end">${escaped(name)}</text>`,
      `<rect x="${LABEL_WIDTH}" y="${y}" width="${length(p50)}" height="${BAR.height}" fill="${fill}"/>`,
      `<path d="M${LABEL_WIDTH + low} ${middle}H${LABEL_WIDTH + high}" stroke="#6b7280" stroke-width="2"/>`,
      `<text class="v" x="${LABEL_WIDTH + Math.max(low, high) + 6}" y="${middle + 4}">${p50} (p95 ${p95})</text>`,
    ].join('');
  });
  const title = `<text class="t" x="8" y="${top + 22}">${escaped(`${what}, ${unit}`)}</text>`;
  const height = TITLE_HEIGHT + shown.length * (BAR.height + BAR.gap) + FIGURE_GAP;
  return { svg: [title, ...lines].join('\n'), height };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
