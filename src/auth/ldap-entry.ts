/** The user that an entry of a directory describes. */
import { FIRST_PERSON_ID } from '#domain/posix-ids.ts';
import type { Entry } from 'ldapts';
import type { LdapSource } from '#config/config.ts';

export interface LdapPerson {
  readonly id: string;
  readonly name: string;
  /** Null if the directory has none, or none that can be used. */
  readonly uid: number | null;
  readonly gid: number | null;
}

/** Longest id and name: tokens contain both. */
const LONGEST = 256;
const LARGEST_POSIX_ID = 2 ** 31 - 1;

/** Null if the entry has no valid id. */
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

/** The first value, if it is a single line of text. */
function textOf(entry: Entry, attribute: string): string | null {
  const text = valueOf(entry, attribute)?.normalize('NFC').trim() ?? '';
  return text === '' || text.length > LONGEST || /\p{C}/u.test(text) ? null : text;
}

/** Null for one that isn't a person's. */
function posixId(entry: Entry, attribute: string): number | null {
  const text = valueOf(entry, attribute) ?? '';
  const id = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  return id >= FIRST_PERSON_ID && id <= LARGEST_POSIX_ID ? id : null;
}

/** Directories may return attribute names in another case. */
function valueOf(entry: Entry, attribute: string): string | undefined {
  const key = Object.keys(entry).find((each) => each.toLowerCase() === attribute.toLowerCase());
  const [first] = key === undefined ? [] : [entry[key] ?? []].flat();
  return typeof first === 'string' ? first : undefined;
}
