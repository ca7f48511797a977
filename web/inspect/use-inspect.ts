/** Streams the inspection of a desktop while it is shown. */
import { ConnectionError } from '#client/errors.ts';
import type { Inspection } from '#protocol/inspect.ts';
import { useEffect, useState } from 'preact/hooks';
import { api, wake } from '../state/api.ts';
import { expired } from '../state/session.ts';
import type { Remote } from '../ui/remote.ts';
import { t } from '../ui/strings/catalogue.ts';

/** Without a connection, waiting for the first reply ends after this time. */
const FIRST_REPLY_MS = 4_000;

export interface LiveInspection {
  readonly inspection: Remote<Inspection>;
  /** The connection is lost, so the value may be out of date. */
  readonly stale: boolean;
  readonly retry: () => void;
}

export function useInspect(desktopId: string): LiveInspection {
  const [inspection, setInspection] = useState<Remote<Inspection>>({ state: 'loading' });
  const [stale, setStale] = useState(false);
  const [round, setRound] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    let lost = false;
    const timeout = setTimeout(() => {
      const none = { state: 'failed', error: new ConnectionError(t.states.offline) } as const;
      if (lost) setInspection((before) => (before.state === 'loading' ? none : before));
    }, FIRST_REPLY_MS);
    const onState = (state: 'open' | 'lost') => {
      lost = state === 'lost';
      setStale(lost);
    };
    const read = async () => {
      for await (const value of api.inspect.stream(desktopId, { signal: abort.signal, wake, onState }))
        setInspection({ state: 'loaded', value });
    };
    read().catch(
      (error: unknown) => abort.signal.aborted || expired(error) || setInspection({ state: 'failed', error }),
    );
    return () => {
      clearTimeout(timeout);
      abort.abort();
    };
  }, [desktopId, round]);
  const retry = () => {
    setInspection({ state: 'loading' });
    setRound(round + 1);
  };
  return { inspection, stale, retry };
}
