/** An engine and a store that refuse, delay, or execute a call and report a failure, according to a schedule. */
import { DeskpodError } from '#domain/errors.ts';
import type { Store } from '#domain/ports/store.ts';
import { FakeEngine } from './engine.ts';

/** `lost`: the call is executed, and its result is a failure; `never`: it is not executed and gets no result. */
export const MISHAPS = ['none', 'none', 'slow', 'refused', 'lost', 'never'] as const;
export type Mishap = (typeof MISHAPS)[number];

const SLOW_TURNS = 5;

/** What happens to each call, in order; later calls succeed. */
export class Trouble {
  readonly #schedule: Mishap[];
  #over = false;

  constructor(schedule: readonly Mishap[]) {
    this.#schedule = [...schedule];
  }

  end(): void {
    this.#over = true;
  }

  async call<T>(work: () => Promise<T>, failure: () => DeskpodError, mayHang: boolean): Promise<T> {
    const mishap = this.#over ? 'none' : (this.#schedule.shift() ?? 'none');
    if (mishap === 'refused' || (mishap === 'never' && !mayHang)) throw failure();
    if (mishap === 'never') return new Promise(() => {});
    if (mishap === 'slow') for (let turn = 0; turn < SLOW_TURNS; turn += 1) await new Promise(setImmediate);
    const answer = await work();
    if (mishap === 'lost') throw failure();
    return answer;
  }
}

const away = (): DeskpodError => new DeskpodError('engine_unavailable', 'The engine is away.');
const unavailable = (): DeskpodError => new DeskpodError('store_unavailable', 'The database is away.');

export class TroubledEngine extends FakeEngine {
  readonly #trouble: Trouble;

  constructor(trouble: Trouble) {
    super();
    this.#trouble = trouble;
  }

  override launch(spec: Parameters<FakeEngine['launch']>[0]) {
    return this.#trouble.call(() => super.launch(spec), away, true);
  }
  override launches(desktopId?: string) {
    return this.#trouble.call(() => super.launches(desktopId), away, true);
  }
  override findLaunch(desktopId: string, id: string) {
    return this.#trouble.call(() => super.findLaunch(desktopId, id), away, true);
  }
  override environment(id: string) {
    return this.#trouble.call(() => super.environment(id), away, false);
  }
  override removeLaunch(id: string) {
    return this.#trouble.call(() => super.removeLaunch(id), away, true);
  }
  /** Unlike its base class, it really ends launches. */
  override stopLaunch(id: string) {
    const stop = async (): Promise<void> => {
      if (this.launchesById.get(id)?.launch.status.state === 'running') this.finish(id, { exitCode: 143 });
    };
    return this.#trouble.call(stop, away, true);
  }
}

/** The store as one server sees it; once that server is dead, its calls have no effect. */
export function troubledStore(store: Store, trouble: Trouble, isDead: () => boolean): Store {
  const through = <T>(work: () => Promise<T>): Promise<T> => {
    if (isDead()) return new Promise(() => {});
    return trouble.call(work, unavailable, false);
  };
  const { launches } = store;
  return {
    ...store,
    launches: {
      ...launches,
      add: (record) => through(() => launches.add(record)),
      find: (id) => through(() => launches.find(id)),
      list: (filter) => through(() => launches.list(filter)),
      open: () => through(() => launches.open()),
      setWindowMs: (id, ms) => through(() => launches.setWindowMs(id, ms)),
      describe: (id, facts) => through(() => launches.describe(id, facts)),
      stoppedBy: (id, by) => through(() => launches.stoppedBy(id, by)),
      end: (id, end) => through(() => launches.end(id, end)),
    },
  };
}
