/** Figures of several contenders: what a run measured, and what of it is kept in `docs/benchmarks.json`. Pure. */
import { z } from 'zod';

export const GROUPS = ['input', 'motion', 'film', 'rest', 'gateway', 'desktops'] as const;
export type Group = (typeof GROUPS)[number];

const Limit = z.object({
  /** The median, 0.5, or another share of the samples. */
  share: z.number(),
  most: z.number().optional(),
  least: z.number().optional(),
  /** The contender whose figure ours is divided by; without it, our figure itself is limited. */
  beside: z.string().optional(),
});
export type Limit = z.infer<typeof Limit>;

export interface Measured {
  readonly id: string;
  readonly group: Group;
  readonly what: string;
  readonly unit: string;
  readonly better: 'less' | 'more';
  readonly goals: readonly Limit[];
  /** Ours is `OURS`. Those of one turn have the same index. */
  readonly samples: Readonly<Record<string, readonly number[]>>;
}

const Goal = Limit.extend({
  value: z.number(),
  isReached: z.boolean(),
});
export type Goal = z.infer<typeof Goal>;

const Ratio = z.object({
  p50: z.number(),
  p95: z.number(),
  /** Quartiles of the ratios of samples of one turn. */
  low: z.number(),
  high: z.number(),
});

export const Figure = z.object({
  id: z.string(),
  group: z.enum(GROUPS),
  what: z.string(),
  unit: z.string(),
  better: z.enum(['less', 'more']),
  sides: z.record(z.string(), z.object({ runs: z.int(), p50: z.number(), p95: z.number() })),
  /** Ours divided by each other's. */
  ratios: z.record(z.string(), Ratio),
  goals: z.array(Goal),
});
export type Figure = z.infer<typeof Figure>;

export const Results = z.object({
  date: z.iso.date(),
  machine: z.string(),
  versions: z.record(z.string(), z.string()),
  skipped: z.array(z.object({ what: z.string(), skipped: z.string() })),
  figures: z.array(Figure),
});
export type Results = z.infer<typeof Results>;

export const OURS = 'Deskpod';

/** What is called p95 is the bad end: of what should be much, the 5th percentile. */
export function figure({ samples, goals, ...facts }: Measured): Figure {
  const worst = facts.better === 'less' ? 0.95 : 0.05;
  const ours = samples[OURS] ?? [];
  const at = (list: readonly number[], share: number): number => quantile(list, share === 0.95 ? worst : share);
  const sides = Object.entries(samples).map(([name, list]) => {
    return [name, { runs: list.length, p50: rounded(at(list, 0.5)), p95: rounded(at(list, 0.95)) }] as const;
  });
  const others = Object.entries(samples).filter(([name]) => name !== OURS);
  const ratios = others.flatMap(([name, list]) => {
    const pairs = ours.slice(0, list.length).map((one, index) => one / (list[index] ?? Number.NaN));
    const [p50, p95] = [at(ours, 0.5) / at(list, 0.5), at(ours, 0.95) / at(list, 0.95)];
    const [low, high] = [quantile(pairs, 0.25), quantile(pairs, 0.75)];
    // Nothing is a multiple of none.
    if (![p50, p95, low, high].every((ratio) => Number.isFinite(ratio) && ratio >= 0)) return [];
    return [[name, { p50: rounded(p50), p95: rounded(p95), low: rounded(low), high: rounded(high) }] as const];
  });
  const judged = goals.flatMap((limit): Goal[] => {
    const beside = limit.beside === undefined ? null : samples[limit.beside];
    // A contender that is not there sets no goal.
    if (beside === undefined || ours.length === 0) return [];
    const own = at(ours, limit.share);
    const value = beside === null ? own : own / at(beside, limit.share);
    const isReached = value <= (limit.most ?? Infinity) && value >= (limit.least ?? -Infinity);
    return [{ ...limit, value: rounded(value), isReached }];
  });
  return { ...facts, sides: Object.fromEntries(sides), ratios: Object.fromEntries(ratios), goals: judged };
}

/** The ids of those whose ratio is more than `times` worse than the recorded one, with a line about each. */
export function regressions(
  now: readonly Figure[],
  recorded: readonly Figure[],
  times: number,
): ReadonlyMap<string, string> {
  const worse = now.flatMap(({ id, what, better, ratios }) => {
    const before = recorded.find((one) => one.id === id)?.ratios ?? {};
    return Object.entries(ratios).flatMap(([name, { p50 }]) => {
      const was = before[name]?.p50;
      if (was === undefined) return [];
      const isWorse = better === 'less' ? p50 > was * times : p50 < was / times;
      return isWorse ? [[`${id} ${name}`, `${what}, beside ${name}: ${p50}, recorded ${was}`] as const] : [];
    });
  });
  return new Map(worse);
}

/** The smallest number that at least this share is not above; 0 of none. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

/** To three digits, or to whole ones. */
export function rounded(figure: number): number {
  return Math.abs(figure) >= 100 ? Math.round(figure) : Number(figure.toPrecision(3));
}
