/** What an entry of a directory says about a person. */
import type { Entry } from 'ldapts';
import type { LdapSource } from '../config/config.ts';

export interface LdapPerson {
  readonly id: string;
  readonly name: string;
  /** Null where the directory gives none that may be used. */
  readonly uid: number | null;
  readonly gid: number | null;
}

/** Longest id and name: nobody's is longer, and both stand in tokens. */
const LONGEST = 256;
const LARGEST_POSIX_ID = 2 ** 31 - 1;

/** Null for an entry without an id that can be one. */
export function personOf(
  entry: Entry,
  { id, name, uidNumber, gidNumber }: LdapSource['attributes'],
): LdapPerson | null {
  const userId = textOf(entry, id);
  if (userId === null) return null;
  return {
    id: userId,
    name: textOf(entry, name) ?? userId,
    uid: posixId(entry, uidNumber),
    gid: posixId(entry, gidNumber),
  };
}

/** The first value, as text for one line. */
function textOf(entry: Entry, attribute: string): string | null {
  const text = valueOf(entry, attribute)?.normalize('NFC').trim() ?? '';
  return text === '' || text.length > LONGEST || /\p{C}/u.test(text) ? null : text;
}

/** Never root's. */
function posixId(entry: Entry, attribute: string): number | null {
  const text = valueOf(entry, attribute) ?? '';
  const id = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  return id > 0 && id <= LARGEST_POSIX_ID ? id : null;
}

/** Directories answer with the attribute's name in a case of their own. */
function valueOf(entry: Entry, attribute: string): string | undefined {
  const key = Object.keys(entry).find((each) => each.toLowerCase() === attribute.toLowerCase());
  const [first] = key === undefined ? [] : [entry[key] ?? []].flat();
  return typeof first === 'string' ? first : undefined;
}
