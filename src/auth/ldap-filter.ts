/** LDAP filters with a name that somebody typed in them. */

/** The characters that mean something in a filter, as RFC 4515 writes them in a value. */
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\5c',
  '*': '\\2a',
  '(': '\\28',
  ')': '\\29',
  '\0': '\\00',
};

/** The value as it stands in a filter: nothing in it can end the value or match more than itself. */
export function escapeFilter(value: string): string {
  return value.replace(/[\\*()\0]/g, (character) => ESCAPES[character] ?? '');
}

/** `%s` becomes the value, wherever it stands. */
export function fillFilter(template: string, value: string): string {
  return template.replaceAll('%s', () => escapeFilter(value));
}

/**
 * The spellings to look for, one after the other: as typed, composed, and without accents, since some type their name
 * with accents that the directory leaves out. Directories themselves disregard case and repeated spaces.
 */
export function spellingsOf(name: string): string[] {
  const typed = name.normalize('NFC').trim();
  const plain = typed.normalize('NFKD').replace(/\p{M}/gu, '').normalize('NFC');
  return [...new Set([typed, plain])].filter((spelling) => spelling !== '');
}
