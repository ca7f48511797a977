/** The texts about files in the home folder, in English: a part of strings.ts. */
import type { Home } from '#protocol/desktop.ts';
import { listed, many } from './grammar.ts';

/** For a desktop that is about to end; empty if the fate of its files is unknown. */
export const homeSentence = (home: Home | null): string =>
  home === null
    ? ''
    : home === 'kept'
      ? ' The files in your home folder are kept.'
      : ' The files in your home folder are deleted.';

export const home = {
  home: {
    mark: 'Temporary files',
    markTitle: 'Files in your home folder are deleted when this desktop ends',
    title: 'Your files are deleted when this desktop ends',
    text: 'This desktop’s home folder isn’t kept. Its files are deleted when you log out, when the desktop is rebuilt or removed, and when its machine restarts. Disconnecting doesn’t delete anything. Download the files you need, or save them somewhere else.',
    pods: 'An app in its own pod has its own home folder, which is deleted when the app ends.',
    kept: 'The files in your home folder are kept.',
    lost: 'The files in your home folder are deleted:',
    empty: 'No files in your home folder have changed since the desktop was created.',
    total: (count: number, size: string) => `${many(count, { one: '# file', other: '# files' })}, ${size}`,
    newest: (shown: number) =>
      many(shown, { one: 'the most recently changed is listed', other: 'the # most recently changed are listed' }),
    incomplete: 'There may be more: some folders couldn’t be read, or took too long.',
    leftOut: (names: readonly string[]) => `Not listed or downloaded: ${listed(names)} (caches).`,
    list: 'Files in your home folder',
    failed: 'The files in your home folder are deleted. They couldn’t be listed:',
    download: 'Download all files',
    downloadHint: 'As a single archive (tar.gz)',
    notIdle: 'You can’t schedule this for when you’re away, because it deletes files.',
  },
};
