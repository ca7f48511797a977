/** Files of the home folder for the search: found by the server while the user types, with those first that apps used last. */
import { ignore } from '#protocol/ignore.ts';
import { useEffect, useState } from 'preact/hooks';
import { desktop } from '../state/store.ts';
import { currentAccess } from './access.ts';
import { findByName, readText } from './dav.ts';
import type { Entry } from './entry.ts';
import { nameOf } from './paths.ts';
import { recentPaths, RECENTLY_USED } from './recent.ts';

export interface FoundFiles {
  readonly state: 'searching' | 'done' | 'partly' | 'failed';
  readonly files: readonly Entry[];
  /** The latest first. */
  readonly recent: readonly string[];
}

const NONE: FoundFiles = { state: 'done', files: [], recent: [] };
/** A pause in typing. */
const PAUSE_MS = 150;
/** One letter is in most names. */
const SHORTEST = 2;
const MOST_RECENT_BYTES = 512 * 1024;

/** What was found before is shown until the answer arrives; a search under way ends with the next letter. */
export function useFoundFiles(query: string): FoundFiles {
  const [found, setFound] = useState(NONE);
  const [recent, setRecent] = useState<readonly string[] | null>(null);
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
      if (recent === null) void readRecent().then(setRecent);
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
  return recent === null ? found : { ...found, recent };
}

/** Once for each time that the search is opened. */
async function readRecent(): Promise<readonly string[]> {
  try {
    const { home, download } = await currentAccess();
    return download.allowed ? recentPaths(await readText(RECENTLY_USED, MOST_RECENT_BYTES), home) : [];
  } catch (error) {
    return ignore('no app has used a file yet', [])(error);
  }
}
