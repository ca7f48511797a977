/** Users of this server: administrators add, change, disable and remove them. */
import { randomInt } from 'node:crypto';
import { DeskpodError } from '#domain/errors.ts';
import type { LocalUser, Store } from '#domain/ports/store.ts';
import { Role } from '#protocol/user.ts';
import { DEMO_PEOPLE } from './demo-directory.ts';
import { foldName } from './names.ts';
import { hashPassword } from './passwords.ts';
import { rolesOf, withRoles } from './roles.ts';
import { freeUserId, LONGEST_ID } from './user-ids.ts';

/** A user without the password. */
export interface UserSummary {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly labels: readonly string[];
  readonly uid: number;
  readonly createdAt: Date;
  readonly disabled: boolean;
}

export interface NewUser {
  /** For people, for example `Zapp Brannigan`. */
  readonly name: string;
  readonly password: string;
  readonly roles?: readonly Role[];
  /** Default: derived from the name, `zapp-brannigan`. */
  readonly id?: string;
}

type Users = Pick<Store, 'users' | 'accounts'>;

const SHORTEST_PASSWORD = 8;
const LONGEST_PASSWORD = 1024;
/** Ids with another meaning in a pod or a path. */
const RESERVED = new Set([
  'root',
  'administrator',
  'anonymous',
  'guest',
  'nobody',
  'x',
  ...DEMO_PEOPLE.map((person) => person.id),
]);

/** `conflict` if the id or name is taken, `invalid_request` for an invalid name or password. */
export async function addUser(store: Users, user: NewUser): Promise<UserSummary> {
  const name = user.name.trim();
  if (name === '' || name.length > 256) throw invalid('name', 'Enter a name of 1 to 256 characters.');
  const others = await store.users.list();
  // A name that is taken is refused below; one that is only spelled similarly gets another id.
  const id = user.id ?? freeUserId(name, (candidate) => others.some((other) => sameName(other, candidate)));
  if (id === null) {
    throw new DeskpodError('conflict', `Too many names are spelled like ${name}.`, {
      field: 'id',
      remedy: 'Choose an ID with --id.',
    });
  }
  checkId(id);
  checkPassword(user.password, [id, name]);
  const twin = others.find((other) => sameName(other, id) || sameName(other, name));
  if (twin) {
    throw new DeskpodError(
      'conflict',
      `At login, ${name} (${id}) can't be distinguished from ${twin.name} (${twin.id}).`,
      {
        field: 'name',
        remedy: 'Choose another name or ID.',
      },
    );
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
    disabled: false,
  };
  await store.users.add(added);
  return summary(added);
}

/** `not_found` for an unknown user, by id or name. */
export async function setUserPassword(store: Users, idOrName: string, password: string): Promise<UserSummary> {
  const user = await find(store, idOrName);
  checkPassword(password, [user.id, user.name]);
  await store.users.setPassword(user.id, await hashPassword(password));
  return summary(user);
}

/** Keeps the other labels. `conflict` if the last administrator would lose the role, `not_found` for an unknown user. */
export async function setUserRoles(store: Users, idOrName: string, roles: readonly Role[]): Promise<UserSummary> {
  const user = await find(store, idOrName);
  if (!roles.includes('admin')) await refuseLastAdministrator(store, user);
  const others = user.labels.filter((label) => !Role.safeParse(label).success);
  const labels = withRoles(others, roles);
  await store.users.setLabels(user.id, labels);
  return summary({ ...user, labels });
}

/** A disabled user can't log in. `conflict` for the last administrator, `not_found` for an unknown user. */
export async function setUserDisabled(store: Users, idOrName: string, disabled: boolean): Promise<UserSummary> {
  const user = await find(store, idOrName);
  if (disabled) await refuseLastAdministrator(store, user);
  await store.users.setDisabled(user.id, disabled);
  return summary({ ...user, disabled });
}

/** Ordered by id. */
export async function listUsers(store: Users): Promise<readonly UserSummary[]> {
  return (await store.users.list()).map(summary);
}

/** Keeps the home folder and the POSIX id. `conflict` for the last administrator, `not_found` for an unknown user. */
export async function removeUser(store: Users, idOrName: string): Promise<UserSummary> {
  const user = await find(store, idOrName);
  await refuseLastAdministrator(store, user);
  await store.users.remove(user.id);
  return summary(user);
}

async function refuseLastAdministrator(store: Users, user: LocalUser): Promise<void> {
  const administrators = (await store.users.list()).filter(isAdministrator);
  if (!isAdministrator(user) || administrators.length > 1) return;
  throw new DeskpodError('conflict', `${user.id} is the last administrator.`, {
    field: 'id',
    remedy: 'Add another administrator first: deskpod users add NAME --role admin.',
  });
}

export interface FirstAdministrator {
  readonly name: string;
  readonly password: string;
}

/** Adds the first administrator; null if there is one already. `choose` returns the password, by default a random one. */
export async function ensureAdministrator(
  store: Users,
  choose: (name: string) => Promise<string> = async () => readablePassword(),
): Promise<FirstAdministrator | null> {
  const users = await store.users.list();
  if (users.some(isAdministrator)) return null;
  const free = ['admin', ...Array.from({ length: 100 }, (_, index) => `admin-${index + 2}`)].find(
    (id) => !users.some((user) => sameName(user, id)),
  );
  const name = free ?? 'admin';
  const password = await choose(name);
  try {
    await addUser(store, { name, password, roles: ['admin'] });
    return { name, password };
  } catch (error) {
    // Another server that started at the same time added and reports it.
    if (error instanceof DeskpodError && error.code === 'conflict') return null;
    throw error;
  }
}

/** Four groups of three syllables, 17 consonants and 5 vowels each: 76 bits, without letters that look alike. */
export function readablePassword(): string {
  const pick = (letters: string) => letters.charAt(randomInt(letters.length));
  const syllable = () => pick('bcdfghjkmnprstvwz') + pick('aeiou');
  const group = () => syllable() + syllable() + syllable();
  return [group(), group(), group(), group()].join('-');
}

function checkId(id: string): void {
  if (!/^[a-z][a-z0-9-]*$/.test(id) || id.endsWith('-') || id.length > LONGEST_ID) {
    throw invalid(
      'id',
      `“${id}” isn't a valid ID. Use up to ${LONGEST_ID} lowercase letters, digits and hyphens, starting with a letter.`,
    );
  }
  if (RESERVED.has(id)) {
    throw new DeskpodError('conflict', `The ID ${id} is reserved.`, { field: 'id', remedy: 'Choose another ID.' });
  }
}

function checkPassword(password: string, own: readonly string[]): void {
  if (password === '') throw invalid('password', 'The password is empty.');
  if (password.length < SHORTEST_PASSWORD)
    throw invalid('password', `Use a password of at least ${SHORTEST_PASSWORD} characters.`);
  if (password.length > LONGEST_PASSWORD)
    throw invalid('password', `Use a password of at most ${LONGEST_PASSWORD} characters.`);
  if (new Set(password).size < 3)
    throw invalid('password', 'The password must contain at least three different characters.');
  if (own.some((word) => foldName(word) === foldName(password)))
    throw invalid('password', "The password can't be the name.");
}

async function find(store: Users, idOrName: string): Promise<LocalUser> {
  const users = await store.users.list();
  const user = users.find((each) => each.id === idOrName) ?? users.find((each) => sameName(each, idOrName));
  if (user) return user;
  const demo = DEMO_PEOPLE.some((person) => person.id === idOrName);
  throw new DeskpodError('not_found', `There is no user ${idOrName}.`, {
    field: 'id',
    remedy: demo
      ? `${idOrName} is a demo user. Turn off all demo users with --no-demo.`
      : 'List the users with deskpod users list.',
  });
}

function sameName(user: LocalUser, name: string): boolean {
  const folded = foldName(name);
  return foldName(user.id) === folded || foldName(user.name) === folded;
}

/** One who can log in. */
export function isAdministrator({ labels, disabled }: LocalUser): boolean {
  return labels.includes('admin') && !disabled;
}

function summary(user: LocalUser): UserSummary {
  const { id, name, labels, uid, createdAt, disabled } = user;
  return { id, name, roles: rolesOf(labels), labels, uid, createdAt, disabled };
}

function invalid(field: string, message: string): DeskpodError {
  return new DeskpodError('invalid_request', message, { field });
}
