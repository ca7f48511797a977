/** A value that is fetched when a view opens: loading, failed or there, and asked for again on demand. */
import { useCallback, useEffect, useState } from 'preact/hooks';
import { expired } from '../state/session.ts';

export type Remote<Value> =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly error: unknown }
  | { readonly state: 'there'; readonly value: Value };

/** Fetches anew when `key` changes; what was there stays on show until the new value arrives. */
export function useRemote<Value>(
  key: string,
  load: (signal: AbortSignal) => Promise<Value>,
): [Remote<Value>, () => void] {
  const [remote, setRemote] = useState<Remote<Value> & { key?: string }>({ state: 'loading' });
  const [round, setRound] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    load(abort.signal).then(
      (value) => abort.signal.aborted || setRemote({ state: 'there', value, key }),
      (error: unknown) => abort.signal.aborted || expired(error) || setRemote({ state: 'failed', error, key }),
    );
    return () => abort.abort();
  }, [key, round]);
  const again = useCallback(() => setRound((before) => before + 1), []);
  return [remote.key === key ? remote : { state: 'loading' }, again];
}
