/** What is measured of each contender: the figures, their goals, and how one sample of each is taken. */
import type { Contender } from './contender.ts';
import { inputs, keys, keysBesideFilm } from './input.ts';
import { motion, type Motion, rest } from './motion.ts';
import { type Measured, quantile } from './results.ts';
import { STOCK } from './stock.ts';

export type Facts = Omit<Measured, 'samples'>;
/** By the id of the figure. */
export type Samples = Readonly<Record<string, readonly number[]>>;

export interface Test {
  readonly figures: readonly Facts[];
  readonly isInput: boolean;
  /** In `--quick`, too. */
  readonly isQuick: boolean;
  sample(contender: Contender, amount: Amount): Promise<Samples>;
}

/** How much one turn measures. */
export interface Amount {
  readonly inputs: number;
  readonly motionMs: number;
}

const less = { unit: 'ms', better: 'less', goals: [] } as const;
const TIMES = { unit: '×', better: 'less', goals: [{ share: 0.5, most: 1.5 }] } as const;
const FILMS = [360, 720, 1080] as const;
const KEY_GOALS = [
  { share: 0.5, most: 0.25, beside: STOCK },
  { share: 0.95, most: 0.35, beside: STOCK },
];
const SHARP_GOALS = {
  fps: [{ share: 0.5, least: 28 }],
  mbits: [{ share: 0.5, most: 3 }],
  latency: [{ share: 0.5, most: 60 }],
};
const PARTS = ['gateway', 'encoder', 'display', 'browser'] as const;

export const TESTS: readonly Test[] = [
  {
    isInput: true,
    isQuick: true,
    figures: [
      { id: 'key', group: 'input', what: 'key → pixel', ...less, goals: KEY_GOALS },
      { id: 'click', group: 'input', what: 'click → pixel', ...less },
    ],
    async sample(contender, amount) {
      const found = await inputs(contender, amount.inputs);
      return { key: found.keys, click: found.clicks };
    },
  },
  {
    isInput: true,
    isQuick: false,
    figures: [
      { id: 'key-film', group: 'input', what: 'key → pixel beside a 360p film', ...less },
      { id: 'key-film-times', group: 'input', what: 'the same, times without the film', ...TIMES },
    ],
    async sample(contender, { inputs: count }) {
      const without = quantile(await keys(contender, count), 0.5);
      const beside = await keysBesideFilm(contender, count);
      return { 'key-film': beside, 'key-film-times': [quantile(beside, 0.5) / without] };
    },
  },
  {
    isInput: false,
    isQuick: true,
    figures: [
      {
        id: 'scroll-fps',
        group: 'motion',
        what: 'scrolled text: painted frames',
        unit: 'fps',
        better: 'more',
        goals: [],
      },
      {
        id: 'scroll-bytes',
        group: 'motion',
        what: 'scrolled text: bytes',
        unit: 'kB/frame',
        better: 'less',
        goals: [],
      },
    ],
    async sample(contender, { motionMs }) {
      const { fps, bytes, frames } = await motion(contender, { kind: 'scroll' }, motionMs);
      return { 'scroll-fps': [fps], 'scroll-bytes': [bytes / 1000 / frames] };
    },
  },
  ...FILMS.map(film),
  {
    isInput: false,
    isQuick: false,
    figures: [
      {
        id: 'office-bytes',
        group: 'motion',
        what: 'office script: bytes',
        unit: 'kB',
        better: 'less',
        goals: [{ share: 0.5, most: 0.5, beside: STOCK }],
      },
      {
        id: 'office-frames',
        group: 'motion',
        what: 'office script: painted steps',
        unit: 'steps',
        better: 'more',
        goals: [{ share: 0.5, least: 1, beside: STOCK }],
      },
    ],
    async sample(contender) {
      const { bytes, frames } = await motion(contender, { kind: 'office' }, 0);
      return { 'office-bytes': [bytes / 1000], 'office-frames': [frames] };
    },
  },
  {
    isInput: false,
    isQuick: false,
    figures: [
      { id: 'idle-bytes', group: 'rest', what: 'idle: bytes to the browser', unit: 'B/s', better: 'less', goals: [] },
      { id: 'idle-wakes', group: 'rest', what: 'idle: wake-ups on the server', unit: '1/s', better: 'less', goals: [] },
    ],
    async sample(contender) {
      const { bytes, wakeUps } = await rest(contender);
      return { 'idle-bytes': [bytes], 'idle-wakes': [wakeUps] };
    },
  },
];

function film(height: (typeof FILMS)[number]): Test {
  const goals = height === 1080 ? SHARP_GOALS : { fps: [], mbits: [], latency: [] };
  const name = `film ${height}p30`;
  const id = (what: string): string => `film-${height}-${what}`;
  const common = { group: 'film', better: 'less' } as const;
  const cpu = (part: (typeof PARTS)[number]): Facts => {
    return { id: id(part), what: `${name}: CPU of the ${part}`, unit: '% of a core', goals: [], ...common };
  };
  return {
    isInput: false,
    isQuick: height === 360,
    figures: [
      { ...common, id: id('fps'), what: `${name}: painted`, unit: 'fps', better: 'more', goals: goals.fps },
      { ...common, id: id('mbits'), what: `${name}: sent`, unit: 'Mbit/s', goals: goals.mbits },
      { ...common, id: id('latency'), what: `${name}: draw → paint`, unit: 'ms', goals: goals.latency },
      ...PARTS.map(cpu),
    ],
    async sample(contender, { motionMs }) {
      const seen = await motion(contender, { kind: 'film', height }, motionMs);
      const found = { [id('fps')]: [seen.fps], [id('mbits')]: [seen.mbits], [id('latency')]: [seen.latency] };
      const parts = PARTS.map((part) => [id(part), [cpuOf(seen, part)]] as const);
      return { ...found, ...Object.fromEntries(parts) };
    },
  };
}

/** Whatever is neither of the others encodes. */
function cpuOf({ cpu }: Motion, part: (typeof PARTS)[number]): number {
  if (part !== 'encoder') return cpu[part] ?? 0;
  const others = Object.entries(cpu).filter(([name]) => !PARTS.some((known) => known === name));
  return others.reduce((sum, [, percent]) => sum + percent, 0);
}
