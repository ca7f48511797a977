/** A value that is polled while it is shown. */
import { useEffect } from 'preact/hooks';
import { useRemote } from '../state/use-remote.ts';
import type { Remote } from '../ui/remote.ts';

export function usePolled<Value>(
  key: string,
  ms: number,
  load: (signal: AbortSignal) => Promise<Value>,
): [Remote<Value>, () => void] {
  const [remote, reload] = useRemote(key, load);
  useEffect(() => {
    if (remote.state !== 'loaded') return undefined;
    // After the reply, so that requests to a slow server don't overlap.
    const timer = setTimeout(() => document.visibilityState === 'visible' && reload(), ms);
    const woken = () => document.visibilityState === 'visible' && reload();
    document.addEventListener('visibilitychange', woken);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', woken);
    };
  }, [remote, ms, reload]);
  return [remote, reload];
}
