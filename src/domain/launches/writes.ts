/** The store of launches, with the calls about one launch executed in order. */
import type { Store } from '../ports/store.ts';

type LaunchStore = Store['launches'];

/**
 * A database with several connections doesn't keep the order: the end of a launch that was refused at once could be
 * written before the launch.
 */
export function inOrder(launches: LaunchStore): LaunchStore {
  const last = new Map<string, Promise<void>>();
  const after = <T>(id: string, work: () => Promise<T>): Promise<T> => {
    const before = last.get(id);
    const done = before === undefined ? work() : before.then(work);
    const settled = done.then(
      () => {},
      () => {},
    );
    last.set(id, settled);
    void settled.then(() => {
      if (last.get(id) === settled) last.delete(id);
    });
    return done;
  };
  return {
    ...launches,
    add: (record) => after(record.id, () => launches.add(record)),
    find: (id) => after(id, () => launches.find(id)),
    setWindowMs: (id, ms) => after(id, () => launches.setWindowMs(id, ms)),
    describe: (id, facts) => after(id, () => launches.describe(id, facts)),
    stoppedBy: (id, by) => after(id, () => launches.stoppedBy(id, by)),
    memoryKill: (id) => after(id, () => launches.memoryKill(id)),
    end: (id, end) => after(id, () => launches.end(id, end)),
    remove: (id) => after(id, () => launches.remove(id)),
  };
}
