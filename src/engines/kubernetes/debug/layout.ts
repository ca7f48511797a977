/** Text in columns, as kubectl lays it out: pure. */

/** The cells of one line, without padding. The first may start with blanks. */
export type Row = readonly string[];

const GAP = 2;

/** A column is as wide as its widest cell among neighbouring lines that continue after it. */
export function columns(rows: readonly Row[]): string {
  const cells = rows.map((row) => [...row]);
  const most = Math.max(0, ...rows.map(({ length }) => length));
  for (let column = 0; column < most - 1; column += 1) {
    let first = 0;
    while (first < rows.length) {
      let last = first;
      while (goesOn(rows[last], column)) last += 1;
      const block = cells.slice(first, last);
      const width = Math.max(0, ...block.map((row) => lengthOf(row[column] ?? ''))) + GAP;
      for (const row of block) row[column] = padded(row[column] ?? '', width);
      first = last + 1;
    }
  }
  return cells.map((row) => `${row.join('').trimEnd()}\n`).join('');
}

function goesOn(row: Row | undefined, column: number): boolean {
  return row !== undefined && row.length > column + 1;
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - lengthOf(text)));
}

/** `Title:  first`, and the others below it. */
export function listed(title: string, values: readonly string[]): Row[] {
  const [first = '<none>', ...others] = values;
  return [[`${title}:`, first], ...others.map((value): Row => ['', value])];
}

/** `Thu, 26 Nov 2026 07:01:02 +0000` */
export function longTime(date: Date | undefined): string {
  return date === undefined ? '' : new Date(date).toUTCString().replace('GMT', '+0000');
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The two largest units while the larger one is small: `90s`, `3m5s`, `25m`, `2h5m`, `3d4h`. */
export function age(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const pair = (unit: number, letter: string, below: number, small: string): string => {
    const rest = Math.floor((whole % unit) / below);
    return `${Math.floor(whole / unit)}${letter}${rest === 0 ? '' : `${rest}${small}`}`;
  };
  if (whole < 2 * MINUTE) return `${whole}s`;
  if (whole < 10 * MINUTE) return pair(MINUTE, 'm', 1, 's');
  if (whole < 3 * HOUR) return `${Math.floor(whole / MINUTE)}m`;
  if (whole < 8 * HOUR) return pair(HOUR, 'h', MINUTE, 'm');
  if (whole < 2 * DAY) return `${Math.floor(whole / HOUR)}h`;
  return whole < 8 * DAY ? pair(DAY, 'd', HOUR, 'h') : `${Math.floor(whole / DAY)}d`;
}

/** In characters, not in UTF-16 code units. */
function lengthOf(text: string): number {
  return Array.from(text).length;
}
