/** Timed work that one server does for all that share the store. */
import { setInterval } from 'node:timers/promises';
import type { Engine } from './engine.ts';
import type { Launches } from './launches.ts';
import type { Store } from './store.ts';

/** The store tells of nobody's death: that somebody gave no sign is seen only by looking. */
const ROUND_MS = 5_000;
const TIDY_EVERY_MS = 30_000;
const PRUNE_EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;

export interface House {
  readonly engine: Pick<Engine, 'tidy'>;
  readonly store: Pick<Store, 'lead' | 'launches'>;
  readonly launches: Pick<Launches, 'sweep'>;
  /** How long finished launches are kept. */
  readonly keepDays: number;
  readonly failed: (what: string, error: unknown) => void;
}

/** Resolves when the signal aborts. */
export async function keepHouse(house: House, signal: AbortSignal): Promise<void> {
  await house.store.lead('housekeeping', (leads) => keep(house, leads), signal);
}

async function keep({ engine, store, launches, keepDays, failed }: House, leads: AbortSignal): Promise<void> {
  const chores = [
    { what: 'looking for launches that nobody looks after', everyMs: 0, work: () => launches.sweep() },
    { what: 'tidying up the engine', everyMs: TIDY_EVERY_MS, work: () => engine.tidy() },
    {
      what: 'pruning finished launches',
      everyMs: PRUNE_EVERY_MS,
      work: () => store.launches.prune(new Date(Date.now() - keepDays * DAY_MS)),
    },
  ].map((chore) => ({ ...chore, dueAt: -Infinity }));
  try {
    for await (const _ of setInterval(ROUND_MS, null, { signal: leads, ref: false })) {
      for (const chore of chores.filter(({ dueAt }) => dueAt <= performance.now())) {
        chore.dueAt = performance.now() + chore.everyMs;
        await chore.work().catch((error: unknown) => leads.aborted || failed(chore.what, error));
      }
    }
  } catch (error) {
    if (!leads.aborted) throw error;
  }
}
