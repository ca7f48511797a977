/** What was measured: rows of our figures and a peer's of the same run, as a table for people and as JSON. */
import { writeFile } from 'node:fs/promises';
import type { Results } from './screen/results.ts';

export interface Row {
  readonly what: string;
  /** The command that did the same, or the limit. */
  readonly peer: string;
  readonly ours: number[];
  readonly peers: number[];
  /** `ms` if left out. */
  readonly unit?: string;
  /** Which of the figures are compared, as a share of those that are lower: 0.5, the medians, if left out. */
  readonly share?: number;
  /** Ratio that is aimed at, at most. */
  readonly goal?: number;
}

export interface Skipped {
  readonly what: string;
  readonly skipped: string;
}

export interface Report {
  readonly rows: readonly (Row | Skipped)[];
  /** Of the peers, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** Of the screen, if it was measured. */
  readonly screen: Results | null;
}

/** The table goes to standard output, the JSON to `file` when there is one; `-` is standard output without the table. */
export async function report({ rows, versions, screen }: Report, file: string | undefined): Promise<void> {
  const results = rows.map((row) => ('skipped' in row ? row : summary(row)));
  const text = `${JSON.stringify({ versions, results, ...(screen && { screen }) }, null, 2)}\n`;
  if (file === '-') process.stdout.write(text);
  else if (file !== undefined) await writeFile(file, text);
  if (file === '-') return;
  for (const row of rows) if ('skipped' in row) console.log(`${row.what}: skipped, ${row.skipped}`);
  if (rows.length > 0) console.table(results.filter((result) => !('skipped' in result)));
  for (const [name, version] of Object.entries(versions)) console.log(`${name}: ${version}`);
}

export function summary({ what, peer, ours, peers, unit = 'ms', share = 0.5, goal }: Row) {
  const ratio = rounded(ratioOf(quantile(ours, share), quantile(peers, share)));
  return {
    what,
    unit,
    peer,
    'ours p50': rounded(quantile(ours, 0.5)),
    'ours p95': rounded(quantile(ours, 0.95)),
    'peer p50': rounded(quantile(peers, 0.5)),
    'peer p95': rounded(quantile(peers, 0.95)),
    ratio,
    goal: goal === undefined ? '' : `≤ ${goal.toFixed(1)}${ratio <= goal ? '' : ' missed'}`,
    runs: ours.length,
  };
}

/** None of something is as good as none. */
function ratioOf(ours: number, peers: number): number {
  return ours === 0 && peers === 0 ? 1 : ours / peers;
}

/** To three digits, or to whole ones. */
function rounded(figure: number): number {
  return Math.abs(figure) >= 100 ? Math.round(figure) : Number(figure.toPrecision(3));
}

function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
