/** Timed work that one server does for all that share the store. */
import { setInterval } from 'node:timers/promises';
import type { Compactions } from './compaction/compactions.ts';
import type { DebugSessions } from './debug/sessions.ts';
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
  readonly store: Pick<Store, 'lead' | 'launches' | 'debug'>;
  readonly launches: Pick<Launches, 'sweep'>;
  readonly debug: Pick<DebugSessions, 'sweep'>;
  readonly compactions: Pick<Compactions, 'sweep'>;
  /** How long finished launches are kept. */
  readonly keepDays: number;
  /** How long ended debug sessions are kept with their recordings. */
  readonly debugKeepDays: number;
  readonly failed: (what: string, error: unknown) => void;
}

/** Resolves when the signal aborts. */
export async function keepHouse(house: House, signal: AbortSignal): Promise<void> {
  await house.store.lead('housekeeping', (leads) => keep(house, leads), signal);
}

async function keep(house: House, leads: AbortSignal): Promise<void> {
  const { engine, store, launches, debug, compactions, keepDays, debugKeepDays, failed } = house;
  const daysAgo = (days: number): Date => new Date(Date.now() - days * DAY_MS);
  const chores = [
    { what: 'looking for launches that nobody looks after', everyMs: 0, work: () => launches.sweep() },
    { what: 'tidying up the engine', everyMs: TIDY_EVERY_MS, work: () => engine.tidy() },
    {
      what: 'pruning finished launches',
      everyMs: PRUNE_EVERY_MS,
      work: () => store.launches.prune(daysAgo(keepDays)),
    },
    { what: 'looking after debug sessions', everyMs: 0, work: () => debug.sweep() },
    { what: 'making desktops anew', everyMs: TIDY_EVERY_MS, work: () => compactions.sweep() },
    {
      what: 'pruning debug sessions',
      everyMs: PRUNE_EVERY_MS,
      work: () => store.debug.prune(daysAgo(debugKeepDays)),
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
