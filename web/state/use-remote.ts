/** Loads a value when a view opens, and again on demand. */
import { useCallback, useEffect, useState } from 'preact/hooks';
import { isPassing } from '#client/errors.ts';
import type { Remote } from '../ui/remote.ts';
import { expired } from './session.ts';

/** A temporary failure is retried automatically after this time. */
const RETRY_MS = 2_000;

/** Reloads when `key` changes. After a reload on demand, the old value is shown until the new one arrives. */
export function useRemote<Value>(
  key: string,
  load: (signal: AbortSignal) => Promise<Value>,
): [Remote<Value>, () => void] {
  const [remote, setRemote] = useState<Remote<Value> & { key?: string }>({ state: 'loading' });
  const [round, setRound] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    load(abort.signal).then(
      (value) => abort.signal.aborted || setRemote({ state: 'loaded', value, key }),
      (error: unknown) => abort.signal.aborted || expired(error) || setRemote({ state: 'failed', error, key }),
    );
    return () => abort.abort();
  }, [key, round]);
  useEffect(() => {
    if (remote.state !== 'failed' || !isPassing(remote.error)) return undefined;
    const timer = setTimeout(() => setRound((before) => before + 1), RETRY_MS);
    return () => clearTimeout(timer);
  }, [remote]);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  return [remote.key === key ? remote : { state: 'loading' }, reload];
}
