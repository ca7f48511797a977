/** A value that is read again and again while it is shown: figures that no stream brings. */
import { useEffect } from 'preact/hooks';
import { type Remote, useRemote } from '../ui/remote.ts';

export function useRepeated<Value>(
  key: string,
  ms: number,
  load: (signal: AbortSignal) => Promise<Value>,
): [Remote<Value>, () => void] {
  const [remote, again] = useRemote(key, load);
  useEffect(() => {
    if (remote.state !== 'there') return undefined;
    // After the answer, so that a slow server is never asked twice at once.
    const timer = setTimeout(() => document.visibilityState === 'visible' && again(), ms);
    const woken = () => document.visibilityState === 'visible' && again();
    document.addEventListener('visibilitychange', woken);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', woken);
    };
  }, [remote, ms, again]);
  return [remote, again];
}
