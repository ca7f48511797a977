/** Changes that other servers make to the catalogue: read one batch after the other. */
import { z } from 'zod';
import type { Replicas } from '../server/replicas.ts';

/** Without `ids`, anything may have changed. */
export const CatalogueMessage = z.object({ ids: z.array(z.string()).optional() });

/** `read` gets the ids that changed, or `all` if anything may have. Returns a function that stops. */
export function followOthers(
  replicas: Pick<Replicas, 'topic' | 'onResync'>,
  read: (ids: ReadonlySet<string> | 'all') => Promise<void>,
  failed: (message: string, cause: unknown) => void,
): () => void {
  let pending: Set<string> | 'all' | null = null;
  let reading = false;
  const stopped = new AbortController();

  async function run(): Promise<void> {
    if (reading) return;
    reading = true;
    while (pending !== null && !stopped.signal.aborted) {
      const ids = pending;
      pending = null;
      await read(ids).catch((cause: unknown) => failed('reading what another server changed in the catalogue', cause));
    }
    reading = false;
  }

  const unsubscribe = replicas.topic('catalogue', CatalogueMessage).subscribe(({ ids }) => {
    if (ids === undefined) pending = 'all';
    else if (pending !== 'all') pending = new Set([...(pending ?? []), ...ids]);
    void run();
  });
  const unsubscribeResync = replicas.onResync(() => {
    pending = 'all';
    void run();
  });
  return () => {
    stopped.abort();
    unsubscribe();
    unsubscribeResync();
  };
}
