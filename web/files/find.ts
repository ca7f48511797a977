/** Files of the home folder for the search: found by the server while the user types. */
import { ignore } from '#protocol/ignore.ts';
import { useEffect, useState } from 'preact/hooks';
import { desktop } from '../state/store.ts';
import { findByName } from './dav.ts';
import type { Entry } from './entry.ts';
import { nameOf } from './paths.ts';

export interface FoundFiles {
  readonly state: 'searching' | 'done' | 'partly' | 'failed';
  readonly files: readonly (Entry & { readonly used: number })[];
}

const NONE: FoundFiles = { state: 'done', files: [] };
/** A pause in typing. */
const PAUSE_MS = 150;
/** One letter is in most names. */
const SHORTEST = 2;

/** What was found before is shown until the answer arrives; a search under way ends with the next letter. */
export function useFoundFiles(query: string): FoundFiles {
  const [found, setFound] = useState(NONE);
  const asked = query.trim();
  const searches = asked.length >= SHORTEST && desktop.value?.status.state === 'running';
  useEffect(() => {
    if (!searches) return setFound(NONE);
    const abort = new AbortController();
    const show = (change: Partial<FoundFiles>): void => {
      if (!abort.signal.aborted) setFound((before) => ({ ...before, ...change }));
    };
    show({ state: 'searching' });
    const search = async (): Promise<void> => {
      const { files, complete } = await findByName(asked, abort.signal);
      show({
        state: complete ? 'done' : 'partly',
        files: files.map(({ path, ...rest }) => ({ path, name: nameOf(path), type: '', ...rest })),
      });
    };
    const timer = setTimeout(
      () =>
        void search().catch((error: unknown) =>
          show({ state: 'failed', files: ignore('the search says so', [])(error) }),
        ),
      PAUSE_MS,
    );
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [asked, searches]);
  return found;
}
