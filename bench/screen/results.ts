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
  const ratios = others.map(([name, list]) => {
    const pairs = ours.slice(0, list.length).map((one, index) => ratioOf(one, list[index] ?? Number.NaN));
    const [p50, p95] = [0.5, 0.95].map((share) => ratioOf(at(ours, share), at(list, share)));
    const [low, high] = [0.25, 0.75].map((share) => quantile(pairs, share));
    return [name, { p50: rounded(p50), p95: rounded(p95), low: rounded(low), high: rounded(high) }] as const;
  });
  const judged = goals.flatMap((limit): Goal[] => {
    const beside = limit.beside === undefined ? null : samples[limit.beside];
    // A contender that is not there sets no goal.
    if (beside === undefined || ours.length === 0) return [];
    const own = at(ours, limit.share);
    const value = beside === null ? own : ratioOf(own, at(beside, limit.share));
    const isReached = value <= (limit.most ?? Infinity) && value >= (limit.least ?? -Infinity);
    return [{ ...limit, value: rounded(value), isReached }];
  });
  return { ...facts, sides: Object.fromEntries(sides), ratios: Object.fromEntries(ratios), goals: judged };
}

/** Those whose ratio is more than `times` worse than the recorded one. */
export function regressions(now: readonly Figure[], recorded: readonly Figure[], times: number): string[] {
  return now.flatMap(({ id, what, better, ratios }) => {
    const before = recorded.find((one) => one.id === id)?.ratios ?? {};
    return Object.entries(ratios).flatMap(([name, { p50 }]) => {
      const was = before[name]?.p50;
      if (was === undefined) return [];
      const isWorse = better === 'less' ? p50 > was * times : p50 < was / times;
      return isWorse ? [`${what}, beside ${name}: ${p50}, recorded ${was}`] : [];
    });
  });
}

/** None of something is as good as none. */
function ratioOf(ours: number, theirs: number): number {
  return ours === 0 && theirs === 0 ? 1 : ours / theirs;
}

export function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** To three digits, or to whole ones; JSON has no infinity. */
export function rounded(figure: number | undefined): number {
  if (figure === undefined || !Number.isFinite(figure)) return Number.MAX_SAFE_INTEGER;
  return Math.abs(figure) >= 100 ? Math.round(figure) : Number(figure.toPrecision(3));
}
