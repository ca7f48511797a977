/** The users of this server alone: made, changed and removed by an administrator, never by themselves. */
import { randomInt } from 'node:crypto';
import { DeskpodError } from '../domain/errors.ts';
import { normalize } from '../domain/names.ts';
import type { LocalUser, Store } from '../domain/store.ts';
import type { Role } from '../protocol/user.ts';
import { DEMO_PEOPLE } from './demo-directory.ts';
import { foldName } from './names.ts';
import { hashPassword } from './passwords.ts';
import { rolesOf, withRoles } from './roles.ts';

/** What is told about a user: all but the password. */
export interface UserSummary {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly labels: readonly string[];
  readonly uid: number;
  readonly createdAt: Date;
}

export interface NewUser {
  /** For people, for example `Zapp Brannigan`. */
  readonly name: string;
  readonly password: string;
  readonly roles?: readonly Role[];
  /** Made from the name when left out: `zapp-brannigan`. */
  readonly id?: string;
}

type Users = Pick<Store, 'users' | 'accounts'>;

const SHORTEST_PASSWORD = 8;
const LONGEST_PASSWORD = 1024;
const LONGEST_ID = 32;
/** Ids that would be mistaken for something else in a pod or a path. */
const RESERVED = new Set([
  'root',
  'administrator',
  'anonymous',
  'guest',
  'nobody',
  'x',
  ...DEMO_PEOPLE.map((person) => person.id),
]);

/** `conflict` when id or name is taken, `invalid_request` for a name or password that will not do. */
export async function addUser(store: Users, user: NewUser): Promise<UserSummary> {
  const name = user.name.trim();
  if (name === '' || name.length > 256) throw invalid('name', 'A name has 1 to 256 characters.');
  const id = user.id ?? normalize(name).slice(0, LONGEST_ID).replace(/-+$/, '');
  checkId(id);
  checkPassword(user.password, [id, name]);
  const twin = (await store.users.list()).find((other) => sameName(other, id) || sameName(other, name));
  if (twin) {
    throw new DeskpodError('conflict', `${twin.name} (${twin.id}) could not be told from ${name} (${id}) at login.`, {
      field: 'name',
      remedy: 'Choose another name or another id.',
    });
  }
  const uid = await store.accounts.uidOf(id);
  const added: LocalUser = {
    id,
    name,
    passwordHash: await hashPassword(user.password),
    labels: withRoles([], user.roles ?? []),
    uid,
    gid: uid,
    createdAt: new Date(),
  };
  await store.users.add(added);
  return summary(added);
}

/** `not_found` for an unknown user, by id or name. */
export async function setUserPassword(store: Users, idOrName: string, password: string): Promise<void> {
  const user = await find(store, idOrName);
  checkPassword(password, [user.id, user.name]);
  await store.users.setPassword(user.id, await hashPassword(password));
}

/** In the order of their ids. */
export async function listUsers(store: Users): Promise<readonly UserSummary[]> {
  return (await store.users.list()).map(summary);
}

/** Home folder and posix id stay. `conflict` for the last administrator, `not_found` for an unknown user. */
export async function removeUser(store: Users, idOrName: string): Promise<UserSummary> {
  const user = await find(store, idOrName);
  const administrators = (await store.users.list()).filter(isAdministrator);
  if (isAdministrator(user) && administrators.length === 1) {
    throw new DeskpodError('conflict', `${user.id} is the last administrator.`, {
      field: 'id',
      remedy: 'Add another administrator first: deskpod users add NAME --role admin.',
    });
  }
  await store.users.remove(user.id);
  return summary(user);
}

/** The administrator of the first start, with a password that is told this once. Null when there is one already. */
export async function ensureAdministrator(store: Users): Promise<{ name: string; password: string } | null> {
  const users = await store.users.list();
  if (users.some(isAdministrator)) return null;
  const free = ['admin', ...Array.from({ length: 100 }, (_, index) => `admin-${index + 2}`)].find(
    (id) => !users.some((user) => sameName(user, id)),
  );
  const password = readablePassword();
  try {
    const { name } = await addUser(store, { name: free ?? 'admin', password, roles: ['admin'] });
    return { name, password };
  } catch (error) {
    // Another server that started at the same time made it, and tells.
    if (error instanceof DeskpodError && error.code === 'conflict') return null;
    throw error;
  }
}

/** Four groups of three syllables, 17 consonants and 5 vowels each: 76 bits, without letters that look alike. */
function readablePassword(): string {
  const pick = (letters: string) => letters.charAt(randomInt(letters.length));
  const syllable = () => pick('bcdfghjkmnprstvwz') + pick('aeiou');
  const group = () => syllable() + syllable() + syllable();
  return [group(), group(), group(), group()].join('-');
}

function checkId(id: string): void {
  if (!/^[a-z][a-z0-9-]*$/.test(id) || id.endsWith('-') || id.length > LONGEST_ID) {
    throw invalid(
      'id',
      `“${id}” cannot be an id: it has up to ${LONGEST_ID} small letters, digits and dashes and begins with a letter.`,
    );
  }
  if (RESERVED.has(id)) {
    throw new DeskpodError('conflict', `The id ${id} is reserved.`, { field: 'id', remedy: 'Choose another id.' });
  }
}

function checkPassword(password: string, own: readonly string[]): void {
  if (password === '') throw invalid('password', 'The password is empty.');
  if (password.length < SHORTEST_PASSWORD)
    throw invalid('password', `A password has ${SHORTEST_PASSWORD} characters or more.`);
  if (password.length > LONGEST_PASSWORD)
    throw invalid('password', `A password has at most ${LONGEST_PASSWORD} characters.`);
  if (new Set(password).size < 3) throw invalid('password', 'The password repeats the same characters.');
  if (own.some((word) => foldName(word) === foldName(password))) throw invalid('password', 'The password is the name.');
}

async function find(store: Users, idOrName: string): Promise<LocalUser> {
  const users = await store.users.list();
  const user = users.find((each) => each.id === idOrName) ?? users.find((each) => sameName(each, idOrName));
  if (user) return user;
  const demo = DEMO_PEOPLE.some((person) => person.id === idOrName);
  throw new DeskpodError('not_found', `There is no user ${idOrName}.`, {
    field: 'id',
    remedy: demo
      ? `${idOrName} is one of the demo people: they are switched off together, with --no-demo.`
      : 'deskpod users list shows who there is.',
  });
}

function sameName(user: LocalUser, name: string): boolean {
  const folded = foldName(name);
  return foldName(user.id) === folded || foldName(user.name) === folded;
}

function isAdministrator(user: LocalUser): boolean {
  return user.labels.includes('admin');
}

function summary(user: LocalUser): UserSummary {
  const { id, name, labels, uid, createdAt } = user;
  return { id, name, roles: rolesOf(labels), labels, uid, createdAt };
}

function invalid(field: string, message: string): DeskpodError {
  return new DeskpodError('invalid_request', message, { field });
}
