/** What other servers change in the catalogue: looked at one after the other, several changes at once where they come quickly. */
import { z } from 'zod';
import type { Replicas } from '../replicas.ts';

const Told = z.object({ ids: z.array(z.string()).optional() });

/** `look` gets the ids that changed, or `all` when nobody knows which. Returns how to stop. */
export function followOthers(
  replicas: Pick<Replicas, 'hear' | 'onResync'>,
  look: (ids: ReadonlySet<string> | 'all') => Promise<void>,
  onProblem: (message: string, cause: unknown) => void,
): () => void {
  let waiting: Set<string> | 'all' | null = null;
  let looking = false;
  const stopped = new AbortController();

  async function run(): Promise<void> {
    if (looking) return;
    looking = true;
    while (waiting !== null && !stopped.signal.aborted) {
      const ids = waiting;
      waiting = null;
      await look(ids).catch((cause: unknown) =>
        onProblem('Could not read what another server changed in the catalogue', cause),
      );
    }
    looking = false;
  }

  const stopHearing = replicas.hear('catalogue', (value) => {
    const told = Told.safeParse(value);
    const ids = told.success ? told.data.ids : undefined;
    if (ids === undefined) waiting = 'all';
    else if (waiting !== 'all') waiting = new Set([...(waiting ?? []), ...ids]);
    void run();
  });
  const stopResync = replicas.onResync(() => {
    waiting = 'all';
    void run();
  });
  return () => {
    stopped.abort();
    stopHearing();
    stopResync();
  };
}
