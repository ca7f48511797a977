/**
 * Looks for new files in Downloads, and offers them. Only while an app runs and the page is visible: on one machine, asking
 * keeps the files service of the desktop running. Most looks ask for the time of the folder only.
 */
import { computed, effect } from '@preact/signals';
import { ignore } from '#protocol/ignore.ts';
import { currentAccess } from '../files/access.ts';
import { findEntry, listFolder } from '../files/dav.ts';
import type { Entry } from '../files/entry.ts';
import { hashOf } from '../files/hash.ts';
import { forgetOwn, isOwn, ownPaths } from '../files/own-files.ts';
import { folderOf, nameOf } from '../files/paths.ts';
import { DOWNLOADS } from '../files/receive.ts';
import { pause } from '../state/pause.ts';
import { preferencesRead } from '../state/preferences.ts';
import { desktop, online, preferences, running } from '../state/store.ts';
import { ChangingFolder } from './changing-folder.ts';
import { keepKnown, readKnown } from './known-files.ts';
import { isUnsettled, look, MOST_FILES, NOTHING_SEEN, type Seen } from './new-files.ts';
import { forgetOffers, offer } from './offers.ts';

/** Between two looks. */
const LOOK_MS = 5_000;
/** Even if something asks for a look at once. */
const LEAST_MS = 2_000;
/** After failures in a row, each pause is twice as long, up to this many times. */
const MOST_DOUBLINGS = 7;
/** After the last app has ended: one for what it left, one to see that this is complete. */
const LAST_LOOKS = 2;

const wanted = computed(
  () => preferences.value.offerDownloads && desktop.value?.status.state === 'running' && running.value.length > 0,
);

/** Until the returned function is called. */
export function offerDownloads(): () => void {
  const ended = new AbortController();
  const { signal } = ended;
  void new DownloadsWatch(signal).run();
  return () => {
    ended.abort();
    forgetOffers();
  };
}

class DownloadsWatch {
  readonly #ended: AbortSignal;
  readonly #folder: ChangingFolder;
  #seen: Seen = NOTHING_SEEN;
  #lookSoon = new AbortController();
  #looksLeft = 0;
  /** It isn't listed again and again then. */
  #isTooLarge = false;

  constructor(ended: AbortSignal) {
    this.#ended = ended;
    this.#folder = new ChangingFolder(DOWNLOADS, {
      find: (path) => findEntry(path, ended),
      list: async (path) => (await listFolder(path, ended)).entries,
    });
  }

  async run(): Promise<void> {
    await preferencesRead();
    if (this.#ended.aborted) return;
    const stop = effect(() => {
      if (!preferences.value.offerDownloads) this.#forget();
      else if (wanted.value) this.#lookSoon.abort();
    });
    const leaving = (): void => void (document.visibilityState === 'hidden' && this.#keepOwn());
    document.addEventListener('visibilitychange', leaving, { signal: this.#ended });
    for (let failures = 0; !this.#ended.aborted;) {
      this.#lookSoon = new AbortController();
      if (this.#isDue()) failures = (await this.#look()) ? 0 : Math.min(failures + 1, MOST_DOUBLINGS);
      await this.#pause(LOOK_MS * 2 ** failures);
    }
    stop();
  }

  #isDue(): boolean {
    if (wanted.peek()) this.#looksLeft = LAST_LOOKS;
    else if (this.#looksLeft === 0 || !preferences.peek().offerDownloads) return false;
    else this.#looksLeft -= 1;
    return online.peek() && document.visibilityState === 'visible' && !this.#isTooLarge;
  }

  async #pause(ms: number): Promise<void> {
    const begun = performance.now();
    const left = (of: number): number => begun + of - performance.now();
    const soon = this.#lookSoon.signal;
    if (!soon.aborted) await pause(ms, AbortSignal.any([this.#ended, soon]));
    while (!this.#ended.aborted && left(LEAST_MS) > 0) await pause(left(LEAST_MS), this.#ended);
  }

  /** False if it failed. */
  async #look(): Promise<boolean> {
    try {
      const { download } = await currentAccess();
      if (download.allowed) await this.#lookAtFolder();
      return true;
    } catch (error) {
      return ignore('the next look may succeed', false)(error);
    }
  }

  async #lookAtFolder(): Promise<void> {
    const entries = await this.#folder.entries(isUnsettled(this.#seen));
    // Logged out, or switched off meanwhile.
    if (entries === null || this.#ended.aborted || !preferences.peek().offerDownloads) return;
    this.#compare(entries);
  }

  #compare(entries: readonly Entry[]): void {
    const { seen, complete } = look({ ...this.#seen, known: this.#known() }, entries, isOwn);
    this.#seen = seen;
    this.#isTooLarge = entries.length > MOST_FILES;
    keepKnown(seen.known);
    for (const { path } of entries) forgetOwn(path);
    if (complete.length > 0) offer(complete);
  }

  /** Another window may know more. */
  #known(): ReadonlySet<string> | null {
    return readKnown() ?? this.#seen.known;
  }

  /** For the next page: this one may be closed before it lists its own files. */
  #keepOwn(): void {
    const known = this.#known();
    const own = ownPaths().filter((path) => folderOf(path) === DOWNLOADS);
    if (known !== null && own.length > 0) keepKnown(new Set([...known, ...own.map((path) => hashOf(nameOf(path)))]));
  }

  /** When it's switched on again, what is there isn't new. */
  #forget(): void {
    this.#seen = NOTHING_SEEN;
    this.#folder.forget();
    this.#isTooLarge = false;
    keepKnown(null);
  }
}
