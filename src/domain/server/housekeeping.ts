/** Scheduled tasks that one server runs for all that share the store. */
import { setInterval } from 'node:timers/promises';
import type { Engine } from '../ports/engine.ts';
import type { Revocations } from './revocations.ts';
import type { Store } from '../ports/store.ts';

/** The store doesn't report servers that died: only polling finds them. */
const ROUND_MS = 5_000;
/** A record without a container lasts twice this, and a round. */
const COMPARE_EVERY_MS = 10_000;
const TIDY_EVERY_MS = 30_000;
const PRUNE_EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Finds and repairs what has changed without an event. */
interface Sweeper {
  sweep(): Promise<unknown>;
}

export interface HousekeepingOptions {
  readonly engine: Pick<Engine, 'tidy'>;
  readonly store: Pick<Store, 'lead' | 'launches' | 'debug'>;
  readonly launches: Sweeper & { converge(): Promise<unknown> };
  readonly debug: Sweeper;
  readonly rebuilds: Sweeper;
  readonly guests: Sweeper;
  readonly idleEnds: Sweeper;
  readonly homeSizes: Sweeper;
  readonly revocations: Pick<Revocations, 'prune'>;
  /** How long finished launches are kept. */
  readonly keepDays: number;
  /** How long ended debug sessions are kept with their recordings. */
  readonly debugKeepDays: number;
  /** Ends the sessions of users whom their directory no longer knows. */
  readonly checkDirectories: () => Promise<void>;
  /** 0: never. */
  readonly directoryCheckSeconds: number;
  readonly failed: (what: string, error: unknown) => void;
}

/** Resolves when the signal aborts. */
export async function runHousekeeping(options: HousekeepingOptions, signal: AbortSignal): Promise<void> {
  const { launches, store, failed } = options;
  const own = [{ what: 'comparing launches with their records', everyMs: 0, work: () => launches.converge() }];
  await Promise.all([rounds(own, failed, signal), store.lead('housekeeping', (leads) => lead(options, leads), signal)]);
}

interface Task {
  readonly what: string;
  readonly everyMs: number;
  readonly work: () => Promise<unknown>;
}

async function lead(options: HousekeepingOptions, leads: AbortSignal): Promise<void> {
  const {
    engine,
    store,
    launches,
    debug,
    rebuilds,
    guests,
    idleEnds,
    homeSizes,
    revocations,
    keepDays,
    debugKeepDays,
    failed,
  } = options;
  const daysAgo = (days: number): Date => new Date(Date.now() - days * DAY_MS);
  const tasks = [
    { what: 'tidying up the engine', everyMs: TIDY_EVERY_MS, work: () => engine.tidy() },
    {
      what: 'pruning finished launches',
      everyMs: PRUNE_EVERY_MS,
      work: () => store.launches.prune(daysAgo(keepDays)),
    },
    { what: 'pruning revocations', everyMs: PRUNE_EVERY_MS, work: () => revocations.prune() },
    { what: 'reconciling debug sessions', everyMs: 0, work: () => debug.sweep() },
    { what: 'rebuilding desktops', everyMs: TIDY_EVERY_MS, work: () => rebuilds.sweep() },
    {
      what: 'pruning debug sessions',
      everyMs: PRUNE_EVERY_MS,
      work: () => store.debug.prune(daysAgo(debugKeepDays)),
    },
  ];
  const compare = {
    what: 'comparing launches with the engine',
    everyMs: COMPARE_EVERY_MS,
    work: () => launches.sweep(),
  };
  const ends = [
    { what: 'ending idle desktops', everyMs: TIDY_EVERY_MS, work: () => idleEnds.sweep() },
    { what: 'removing desktops of guests', everyMs: COMPARE_EVERY_MS, work: () => guests.sweep() },
  ];
  const check = {
    what: 'checking the users of directories',
    everyMs: options.directoryCheckSeconds * 1000,
    work: options.checkDirectories,
  };
  const checks = options.directoryCheckSeconds > 0 ? [check] : [];
  const sizes = { what: 'measuring homes', everyMs: TIDY_EVERY_MS, work: () => homeSizes.sweep() };
  // Separate: the end of a launch mustn't wait for a slow task, such as the removal of many desktops.
  await Promise.all([tasks, [compare], ends, checks, [sizes]].map((each) => rounds(each, failed, leads)));
}

/** Ends when the signal aborts. */
async function rounds(all: readonly Task[], failed: HousekeepingOptions['failed'], signal: AbortSignal): Promise<void> {
  const tasks = all.map((task) => ({ ...task, dueAt: -Infinity }));
  try {
    for await (const _ of setInterval(ROUND_MS, null, { signal, ref: false })) {
      for (const task of tasks.filter(({ dueAt }) => dueAt <= performance.now())) {
        // Counted in rounds: a timer that fires a moment early mustn't skip one.
        task.dueAt = performance.now() + task.everyMs - ROUND_MS / 2;
        await task.work().catch((error: unknown) => signal.aborted || failed(task.what, error));
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
