/** What is inside a desktop, as long as somebody looks: kept current by the server's stream. */
import { ConnectionError } from '#client/errors.ts';
import type { Inside } from '#protocol/inside.ts';
import { useEffect, useState } from 'preact/hooks';
import { api, wake } from '../state/api.ts';
import { expired } from '../state/session.ts';
import type { Remote } from '../ui/remote.ts';
import { t } from '../ui/strings/catalogue.ts';

/** A first answer that takes longer than this is none. */
const PATIENCE_MS = 4_000;

export interface Watched {
  readonly inside: Remote<Inside>;
  /** What is shown may be old: the connection is lost. */
  readonly stale: boolean;
  readonly again: () => void;
}

export function useInside(desktopId: string): Watched {
  const [inside, setInside] = useState<Remote<Inside>>({ state: 'loading' });
  const [stale, setStale] = useState(false);
  const [round, setRound] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    let lost = false;
    const late = setTimeout(() => {
      const none = { state: 'failed', error: new ConnectionError(t.states.offline) } as const;
      if (lost) setInside((before) => (before.state === 'loading' ? none : before));
    }, PATIENCE_MS);
    const onState = (state: 'open' | 'lost') => {
      lost = state === 'lost';
      setStale(lost);
    };
    const read = async () => {
      for await (const value of api.inside.stream(desktopId, { signal: abort.signal, wake, onState }))
        setInside({ state: 'there', value });
    };
    read().catch((error: unknown) => abort.signal.aborted || expired(error) || setInside({ state: 'failed', error }));
    return () => {
      clearTimeout(late);
      abort.abort();
    };
  }, [desktopId, round]);
  const again = () => {
    setInside({ state: 'loading' });
    setRound(round + 1);
  };
  return { inside, stale, again };
}
