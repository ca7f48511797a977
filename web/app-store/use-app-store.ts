/** Streams the app store while it is open. */
import { ConnectionError } from '#client/errors.ts';
import type { AppStoreList } from '#protocol/app-store.ts';
import { useEffect, useState } from 'preact/hooks';
import { api, wake } from '../state/api.ts';
import { expired } from '../state/session.ts';
import type { Remote } from '../ui/remote.ts';
import { t } from '../ui/strings/catalogue.ts';
import { withApp } from './store-model.ts';

/** Without a connection, waiting for the first reply ends after this time. */
const FIRST_REPLY_MS = 4_000;

export function useAppStore(): readonly [Remote<AppStoreList>, () => void] {
  const [store, setStore] = useState<Remote<AppStoreList>>({ state: 'loading' });
  const [round, setRound] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    let lost = false;
    const timeout = setTimeout(() => {
      const none = { state: 'failed', error: new ConnectionError(t.states.offline) } as const;
      if (lost) setStore((before) => (before.state === 'loading' ? none : before));
    }, FIRST_REPLY_MS);
    const onState = (state: 'open' | 'lost') => (lost = state === 'lost');
    const read = async () => {
      for await (const event of api.apps.storeStream({ signal: abort.signal, wake, onState })) {
        if (event.type === 'apps') setStore({ state: 'loaded', value: event.store });
        else
          setStore((before) => {
            if (before.state !== 'loaded') return before;
            return { state: 'loaded', value: { ...before.value, apps: [...withApp(before.value.apps, event.app)] } };
          });
      }
    };
    read().catch((error: unknown) => abort.signal.aborted || expired(error) || setStore({ state: 'failed', error }));
    return () => {
      clearTimeout(timeout);
      abort.abort();
    };
  }, [round]);
  const retry = () => {
    setStore({ state: 'loading' });
    setRound(round + 1);
  };
  return [store, retry];
}
