/** Prints figures of several contenders for people: one line for each figure and contender. */
import type { Figure, Goal, Results } from './results.ts';
import { OURS } from './results.ts';

export function printTable({ figures, skipped, versions, machine }: Results): void {
  for (const { what, skipped: why } of skipped) console.log(`${what}: skipped, ${why}`);
  console.table(figures.flatMap(linesOf));
  for (const [name, version] of Object.entries(versions)) console.log(`${name}: ${version}`);
  console.log(machine);
}

function linesOf({ what, unit, sides, ratios, goals }: Figure) {
  return Object.entries(sides).map(([name, { runs, p50, p95 }]) => {
    const ratio = ratios[name];
    const own = goals.filter(({ beside = OURS }) => beside === name);
    return {
      what,
      unit,
      who: name,
      p50,
      p95,
      'ours / theirs': ratio ? ratio.p50 : '',
      spread: ratio ? `${ratio.low}–${ratio.high}` : '',
      p95s: ratio ? ratio.p95 : '',
      goal: own.map(goalText).join(', '),
      runs,
    };
  });
}

/** Such as `≤ 0.25 missed`, or `p95 ≤ 0.35`. */
export function goalText({ share, most, least, isReached }: Goal): string {
  const limit = most === undefined ? `≥ ${least}` : `≤ ${most}`;
  return `${share === 0.5 ? '' : `p${share * 100} `}${limit}${isReached ? '' : ' missed'}`;
}
