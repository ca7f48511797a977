/** In which order test files start: of two that exclude each other, the second one waits without taking a place. */

export interface QueuedFile {
  /** Relative to the repository. */
  readonly path: string;
  /** Of the files with the same value, one runs at a time; null: runs beside any other. */
  readonly group: string | null;
}

/** The first of `waiting` that none of `running` excludes; null if all of them have to wait. */
export function nextFile<T extends QueuedFile>(waiting: readonly T[], running: readonly QueuedFile[]): T | null {
  const busy = new Set(running.map(({ group }) => group).filter((group) => group !== null));
  return waiting.find(({ group }) => group === null || !busy.has(group)) ?? null;
}

/** Starts the files in their order, at most `atOnce` at a time. Those left when `isLate` are returned, and never start. */
export async function runQueue<T extends QueuedFile>(
  files: readonly T[],
  atOnce: number,
  isLate: () => boolean,
  run: (file: T) => Promise<void>,
): Promise<readonly T[]> {
  const waiting = [...files];
  const running = new Map<T, Promise<void>>();
  for (;;) {
    const next = running.size < atOnce && !isLate() ? nextFile(waiting, [...running.keys()]) : null;
    if (next !== null) {
      waiting.splice(waiting.indexOf(next), 1);
      running.set(
        next,
        run(next).finally(() => running.delete(next)),
      );
    } else if (running.size > 0) {
      await Promise.race(running.values());
    } else {
      return waiting;
    }
  }
}
