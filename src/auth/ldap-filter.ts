/** LDAP filters with a name that a user entered. */

/** Special characters of filters, escaped by RFC 4515. */
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\5c',
  '*': '\\2a',
  '(': '\\28',
  ')': '\\29',
  '\0': '\\00',
};

/** Escapes the value so that it can't end itself or match more than itself. */
export function escapeFilter(value: string): string {
  return value.replace(/[\\*()\0]/g, (character) => ESCAPES[character] ?? '');
}

/** Replaces every `%s` with the escaped value. */
export function fillFilter(template: string, value: string): string {
  return template.replaceAll('%s', () => escapeFilter(value));
}

/**
 * The spellings to search for, one after the other: composed as entered, then without accents, which the directory may
 * leave out. Directories themselves ignore case and repeated spaces.
 */
export function spellingsOf(name: string): string[] {
  const typed = name.normalize('NFC').trim();
  const plain = typed.normalize('NFKD').replace(/\p{M}/gu, '').normalize('NFC');
  return [...new Set([typed, plain])].filter((spelling) => spelling !== '');
}
