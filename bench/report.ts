/** What was measured: rows of our times and a peer's of the same run, as a table for people and as JSON. */
import { writeFile } from 'node:fs/promises';

export interface Row {
  readonly what: string;
  /** The command that did the same. */
  readonly peer: string;
  /** Of all numbers; by default `ms`. */
  readonly unit?: string;
  readonly ours: number[];
  readonly peers: number[];
  /** Ratio of the medians that is aimed at. */
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
}

/** The table goes to standard output, the JSON to `file` when there is one; `-` is standard output without the table. */
export async function report({ rows, versions }: Report, file: string | undefined): Promise<void> {
  const results = rows.map((row) => ('skipped' in row ? row : summary(row)));
  const text = `${JSON.stringify({ versions, results }, null, 2)}\n`;
  if (file === '-') process.stdout.write(text);
  else if (file !== undefined) await writeFile(file, text);
  if (file === '-') return;
  for (const row of rows) if ('skipped' in row) console.log(`${row.what}: skipped, ${row.skipped}`);
  console.table(results.filter((result) => !('skipped' in result)));
  for (const [name, version] of Object.entries(versions)) console.log(`${name}: ${version}`);
}

function summary({ what, peer, unit = 'ms', ours, peers, goal }: Row) {
  const ratio = Number((quantile(ours, 0.5) / quantile(peers, 0.5)).toFixed(2));
  return {
    what,
    peer,
    unit,
    'ours p50': Math.round(quantile(ours, 0.5)),
    'ours p90': Math.round(quantile(ours, 0.9)),
    'peer p50': Math.round(quantile(peers, 0.5)),
    'peer p90': Math.round(quantile(peers, 0.9)),
    ratio,
    goal: goal === undefined ? '' : `≤ ${goal.toFixed(1)}${ratio <= goal ? '' : ' missed'}`,
    runs: ours.length,
  };
}

function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
