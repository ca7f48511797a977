/** A value that is fetched when a view opens: loading, failed or there, and asked for again on demand. */
import { useCallback, useEffect, useState } from 'preact/hooks';
import { isPassing } from '#client/errors.ts';
import { expired } from '../state/session.ts';

export type Remote<Value> =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly error: unknown }
  | { readonly state: 'there'; readonly value: Value };

/** After a failure that may pass it is asked for again by itself, beside the button for it. */
const AGAIN_MS = 2_000;

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
  useEffect(() => {
    if (remote.state !== 'failed' || !isPassing(remote.error)) return undefined;
    const timer = setTimeout(() => setRound((before) => before + 1), AGAIN_MS);
    return () => clearTimeout(timer);
  }, [remote]);
  const again = useCallback(() => setRound((before) => before + 1), []);
  return [remote.key === key ? remote : { state: 'loading' }, again];
}
