/** How long the phases and the test files of a run took: the table that it ends with. */
const SHOWN = 15;

export interface Taken {
  readonly name: string;
  readonly ms: number;
}

/** The phases of a run in their order, then its slowest files, then what second tries took in all. */
export function timeTable(phases: readonly Taken[], files: readonly Taken[], again: readonly Taken[] = []): string {
  const slowest = files.toSorted((a, b) => b.ms - a.ms).slice(0, SHOWN);
  const rows = [...phases, ...slowest, ...again];
  if (rows.length === 0) return '';
  const width = Math.max(...rows.map(({ name }) => name.length));
  const line = ({ name, ms }: Taken): string => `  ${name.padEnd(width)} ${(ms / 1_000).toFixed(1).padStart(8)} s`;
  const rest = files.length - slowest.length;
  return [
    ...(phases.length > 0 ? ['Phases (some overlap):', ...phases.map(line)] : []),
    ...(slowest.length > 0 ? ['Slowest test files:', ...slowest.map(line)] : []),
    ...(rest > 0 ? [`  … and ${rest} more`] : []),
    ...(again.length > 0 ? ['Second tries:', ...again.map(line)] : []),
  ].join('\n');
}
