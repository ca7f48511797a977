/** Files on the desktop's clipboard, in the forms that file managers there know. Pure. */
import type { ClipboardForm, ClipboardType } from '#protocol/clipboard.ts';
import { filePath, fileUri, pathInHome } from '#protocol/file-uri.ts';
import type { Transfer } from './entry.ts';
import { joined } from './paths.ts';

/** GNOME's form says whether the files were copied or cut. */
const WITH_VERB: ClipboardType = 'x-special/gnome-copied-files';
const LIST: ClipboardType = 'text/uri-list';
/** More than anybody selects; programs may put any number there. */
const MOST = 10_000;

export interface CopiedFiles {
  readonly verb: Transfer;
  /** Relative to the home folder. */
  readonly paths: readonly string[];
  /** Names or paths of what isn't in the home folder. */
  readonly outside: readonly string[];
}

/** The form to read; null if no files were copied. */
export function fileForm(types: readonly ClipboardType[]): ClipboardType | null {
  return [WITH_VERB, LIST].find((type) => types.includes(type)) ?? null;
}

/** As programs paste it where they want text. */
export function textOfFiles(paths: readonly string[], home: string): string {
  return paths.map((path) => joined(home, path)).join('\n');
}

/** `home` is the path of the home folder in the desktop. */
export function formsOfFiles(verb: Transfer, paths: readonly string[], home: string): readonly ClipboardForm[] {
  const uris = paths.map((path) => fileUri(path, home));
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  return [
    { type: 'text/plain', data: encode(textOfFiles(paths, home)) },
    // RFC 2483: each line ends with CRLF.
    { type: LIST, data: encode(uris.map((uri) => `${uri}\r\n`).join('')) },
    { type: WITH_VERB, data: encode([verb === 'MOVE' ? 'cut' : 'copy', ...uris].join('\n')) },
  ];
}

export function filesOfForm(type: ClipboardType, data: Uint8Array, home: string): CopiedFiles {
  const lines = new TextDecoder()
    .decode(data)
    .split(/[\r\n\0]+/)
    .filter((line) => line !== '' && !line.startsWith('#'));
  const verb = type === WITH_VERB ? lines.shift() : 'copy';
  const uris = lines.slice(0, MOST);
  const inHome = uris.map((uri) => pathInHome(uri, home));
  return {
    verb: verb === 'cut' ? 'MOVE' : 'COPY',
    // The home folder itself can't be put into itself.
    paths: [...new Set(inHome.filter((path) => path !== null && path !== ''))].filter((path) => path !== null),
    outside: uris.filter((_, at) => inHome[at] === null || inHome[at] === '').map((uri) => filePath(uri) ?? uri),
  };
}
