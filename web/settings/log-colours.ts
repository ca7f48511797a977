/** Colours and styles (SGR) of a log line as spans. Pure. */

type Rgb = readonly [number, number, number];

export interface Style {
  readonly ink: Rgb | null;
  readonly paper: Rgb | null;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
  readonly strike: boolean;
  readonly inverse: boolean;
}

export interface Span {
  readonly text: string;
  readonly style: Style;
}

const SEQUENCE = new RegExp(String.raw`\x1b\[([\d:;]*)m`);
const PLAIN: Style = {
  ink: null,
  paper: null,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  strike: false,
  inverse: false,
};

/** `--code` and `--code-ink` of tokens.css, which are the same in both themes. */
const PAPER: Rgb = [13, 15, 20];
const INK: Rgb = [214, 217, 223];
/** The contrast that WCAG AA requires. */
const CONTRAST = 4.5;

const SIXTEEN: readonly Rgb[] = [
  [0, 0, 0],
  [205, 49, 49],
  [13, 188, 121],
  [229, 229, 16],
  [36, 114, 200],
  [188, 63, 188],
  [17, 168, 205],
  [229, 229, 229],
  [102, 102, 102],
  [241, 76, 76],
  [35, 209, 139],
  [245, 245, 67],
  [59, 142, 234],
  [214, 112, 214],
  [41, 184, 219],
  [255, 255, 255],
];

/** The text must not contain other escape sequences. Each line begins without styles. */
export function spansOf(text: string): readonly Span[] {
  const spans: Span[] = [];
  let style = PLAIN;
  for (const [at, part] of text.split(SEQUENCE).entries()) {
    if (at % 2 === 1) style = styled(style, part);
    else if (part !== '') spans.push({ text: part, style });
  }
  return spans;
}

/** As a style attribute, or null. If only one of two colours is set, the text stays readable. */
export function cssOf(style: Style): Readonly<Record<string, string>> | null {
  if (style === PLAIN) return null;
  const given = style.inverse
    ? { ink: style.paper ?? PAPER, paper: style.ink ?? INK }
    : { ink: style.ink, paper: style.paper };
  const ink = given.paper === null ? given.ink : (given.ink ?? INK);
  const lines = [style.underline ? 'underline' : '', style.strike ? 'line-through' : ''].filter(Boolean).join(' ');
  return {
    ...(ink === null ? {} : { color: rgb(readable(ink, given.paper ?? PAPER)) }),
    ...(given.paper === null ? {} : { 'background-color': rgb(given.paper) }),
    ...(style.bold ? { 'font-weight': '700' } : {}),
    ...(style.dim ? { opacity: '0.75' } : {}),
    ...(style.italic ? { 'font-style': 'italic' } : {}),
    ...(lines === '' ? {} : { 'text-decoration': lines }),
  };
}

const SIMPLE: Readonly<Record<number, Partial<Style>>> = {
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  9: { strike: true },
  21: { underline: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  27: { inverse: false },
  29: { strike: false },
  39: { ink: null },
  49: { paper: null },
};

function styled(before: Style, parameters: string): Style {
  let style = before;
  const codes = parameters.split(';');
  while (codes.length > 0) {
    const [code = 0, ...parts] = (codes.shift() ?? '').split(':').map(Number);
    if (code === 0) style = PLAIN;
    else if (code === 38 || code === 48) {
      // `38:5:n` and `38:2::r:g:b` are one parameter, `38;5;n` and `38;2;r;g;b` several.
      const colour = parts.length > 0 ? fromParts(parts) : fromCodes(codes);
      if (colour !== null) style = { ...style, [code === 38 ? 'ink' : 'paper']: colour };
    } else
      style = { ...style, ...(code === 4 && parts[0] === 0 ? { underline: false } : (SIMPLE[code] ?? basic(code))) };
  }
  return style;
}

function basic(code: number): Partial<Style> {
  const [tens, index] = [Math.floor(code / 10), code % 10];
  const colour = index > 7 ? undefined : SIXTEEN[tens >= 9 ? index + 8 : index];
  if (colour === undefined) return {};
  if (tens === 3 || tens === 9) return { ink: colour };
  return tens === 4 || tens === 10 ? { paper: colour } : {};
}

function fromParts([kind, ...values]: readonly number[]): Rgb | null {
  return kind === 5 ? indexed(values[0]) : kind === 2 ? direct(values.slice(-3)) : null;
}

function fromCodes(codes: string[]): Rgb | null {
  const kind = Number(codes.shift());
  if (kind === 5) return indexed(Number(codes.shift()));
  return kind === 2 ? direct(codes.splice(0, 3).map(Number)) : null;
}

/** The palette of 256: sixteen, a cube of 6×6×6, and greys. */
function indexed(index = -1): Rgb | null {
  if (!Number.isInteger(index) || index < 0 || index > 255) return null;
  if (index < 16) return SIXTEEN[index] ?? null;
  if (index >= 232) return grey(8 + (index - 232) * 10);
  const level = (step: number): number => (step === 0 ? 0 : 55 + step * 40);
  const cube = index - 16;
  return [level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)];
}

const grey = (value: number): Rgb => [value, value, value];

function direct([red, green, blue]: readonly number[]): Rgb | null {
  const isByte = (value: number | undefined): value is number => value !== undefined && value >= 0 && value <= 255;
  return isByte(red) && isByte(green) && isByte(blue) ? [red, green, blue] : null;
}

/** The colour, made lighter or darker until it is readable on the background. */
export function readable(ink: Rgb, paper: Rgb): Rgb {
  const goal = luminance(paper) < 0.18 ? 255 : 0;
  for (let share = 0; share < 1; share += 0.1) {
    const [red, green, blue] = ink.map((value) => Math.round(value + (goal - value) * share));
    const mixed: Rgb = [red ?? 0, green ?? 0, blue ?? 0];
    if (contrast(mixed, paper) >= CONTRAST) return mixed;
  }
  return grey(goal);
}

export function contrast(one: Rgb, other: Rgb): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** Relative luminance as WCAG 2 defines it. */
function luminance(colour: Rgb): number {
  const [red = 0, green = 0, blue = 0] = colour.map((value) => {
    const share = value / 255;
    return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function rgb([red, green, blue]: Rgb): string {
  return `rgb(${red} ${green} ${blue})`;
}
