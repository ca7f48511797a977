import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAnonymous } from '#auth/anonymous.ts';
import { DEMO_PEOPLE } from '#auth/demo-directory.ts';
import { createDirectory } from '#auth/directory.ts';
import { addUser, setUserDisabled } from '#auth/local-users.ts';
import type { Admits, Identity } from '#domain/ports/auth.ts';
import { DeskpodError } from '#domain/errors.ts';
import { openStore } from '#store/open.ts';

const aStore = () => openStore({ kind: 'sqlite', file: ':memory:' });

test('each of the seven demo users logs in with their id as password', async () => {
  await using store = await aStore();
  const directory = createDirectory(store, { demo: true });
  assert.equal(DEMO_PEOPLE.length, 7);
  for (const { id, name } of DEMO_PEOPLE) {
    assert.equal((await directory.authenticate({ name, password: id }))?.user.id, id);
  }
});

test('a demo user can be found by id or name, ignoring case, accents and spaces', async () => {
  await using store = await aStore();
  const directory = createDirectory(store, { demo: true });
  for (const name of ['hermes', 'HERMES', 'Hermes Conrad', ' hermes   CONRAD ', 'Hérmès Conrad']) {
    assert.deepEqual(await directory.authenticate({ name, password: 'hermes' }), {
      user: {
        id: 'hermes',
        name: 'Hermes Conrad',
        provider: 'planet',
        labels: ['user', 'labeltrue', 'adminstaff'],
        roles: ['user'],
      },
      account: { userId: 'hermes', displayName: 'Hermes Conrad', provider: 'planet', uid: 2043, gid: 12043 },
    });
  }
  assert.equal(
    (await directory.authenticate({ name: 'Bender Bending Rodríguez', password: 'bender' }))?.user.id,
    'bender',
  );
});

test('no demo user, whose password everybody knows, has a role', async () => {
  await using store = await aStore();
  const directory = createDirectory(store, { demo: true });
  const roles = async (id: string) => (await directory.authenticate({ name: id, password: id }))?.user.roles;
  for (const { id } of DEMO_PEOPLE) assert.deepEqual(await roles(id), ['user'], id);
});

test('a wrong password, an unknown name and an empty name are refused in the same way', async () => {
  await using store = await aStore();
  const directory = createDirectory(store, { demo: true });
  for (const [name, password] of [
    ['hermes', 'Hermes'],
    ['nobody', 'hermes'],
    ['', ''],
    ['hermes', ''],
    ['Hermes', 'fry'],
  ] as const) {
    assert.equal(await directory.authenticate({ name, password }), null);
  }
});

test('an unknown name and a disabled user cost as much work as a wrong password', async () => {
  await using store = await aStore();
  await addUser(store, { name: 'Kif', password: 'long enough' });
  await setUserDisabled(store, 'kif', true);
  const directory = createDirectory(store, { demo: true });
  // Measures CPU time instead of wall time, so that other load on the machine has no effect.
  const work = async (name: string, password = 'wrong'): Promise<number> => {
    const before = process.cpuUsage();
    assert.equal(await directory.authenticate({ name, password }), null);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  };
  await work('hermes');
  const known = await work('hermes');
  const others = { unknown: await work('nobody'), disabled: await work('kif', 'long enough') };
  for (const [who, ms] of Object.entries(others))
    assert.ok(ms > known / 2, `${ms} ms of CPU time for an ${who} name, ${known} ms for a known one`);
});

test('without the demo users only users of this server can log in', async () => {
  await using store = await aStore();
  await addUser(store, { name: 'Zapp Brannigan', password: 'velour-uniform', roles: ['support'] });
  const directory = createDirectory(store, { demo: false });
  assert.equal(await directory.authenticate({ name: 'hermes', password: 'hermes' }), null);
  const identity = await directory.authenticate({ name: 'zapp brannigan', password: 'velour-uniform' });
  assert.deepEqual(identity?.user, {
    id: 'zapp-brannigan',
    name: 'Zapp Brannigan',
    provider: 'local',
    labels: ['user', 'support'],
    roles: ['user', 'support'],
  });
  assert.equal(identity?.account.uid, 20_000);
});

/** A directory with one user, who has this id and this display name; counts its calls. */
function aSource(provider: string, id: string, name: string, password: string) {
  const account = { userId: id, displayName: name, provider, uid: 5, gid: 5 };
  const identity: Identity = { user: { id, name, provider, labels: ['user'], roles: ['user'] }, account };
  const source = {
    provider,
    displayName: provider,
    asked: 0,
    async prove(typed: string, given: string, admits?: Admits) {
      source.asked += 1;
      if (typed !== id && typed !== name) return 'unknown' as const;
      if (admits?.(id) === false) return 'refused' as const;
      return given === password ? identity : ('refused' as const);
    },
    owns: async (asked: string) => asked === id,
  };
  return source;
}

test('users of this server come first, then directories in order, then the demo users', async () => {
  await using store = await aStore();
  await addUser(store, { name: 'Zapp Brannigan', id: 'zapp', password: 'velour-uniform' });
  const [first, second] = [aSource('first', 'kif', 'Kif', 'sigh'), aSource('second', 'morbo', 'Morbo', 'doom')];
  const directory = createDirectory(store, { demo: true, sources: [first, second] });
  const providerOf = async (name: string, password: string) =>
    (await directory.authenticate({ name, password }))?.user.provider;
  assert.equal(await providerOf('zapp', 'velour-uniform'), 'local');
  assert.equal(await providerOf('zapp', 'wrong'), undefined);
  assert.deepEqual([first.asked, second.asked], [0, 0]);
  assert.equal(await providerOf('kif', 'sigh'), 'first');
  assert.equal(await providerOf('kif', 'wrong'), undefined);
  assert.equal(second.asked, 0);
  assert.equal(await providerOf('morbo', 'doom'), 'second');
  assert.equal(await providerOf('fry', 'fry'), 'planet');
  assert.equal(directory.name, 'first, second, Demo directory');
});

test('no directory is asked without a name or a password', async () => {
  await using store = await aStore();
  const source = aSource('open', '', '', '');
  const directory = createDirectory(store, { demo: false, sources: [source] });
  for (const [name, password] of [
    ['', ''],
    ['hermes', ''],
    [' ', 'x'],
    ['\u0301', 'x'],
  ] as const) {
    assert.equal(await directory.authenticate({ name, password }), null);
  }
  assert.equal(source.asked, 0);
});

test('no user gets the id of a user from an earlier source, with any login name', async () => {
  await using store = await aStore();
  await addUser(store, { name: 'The Boss', id: 'boss', password: 'velour-uniform', roles: ['admin'] });
  const warnings: string[] = [];
  const sources = [aSource('first', 'kif', 'Kif', 'sigh'), aSource('second', 'Boss', 'Impostor', 'x')];
  const third = aSource('third', 'kif', 'Other Kif', 'y');
  const directory = createDirectory(store, {
    demo: false,
    sources: [...sources, third],
    warn: (text) => void warnings.push(text),
  });
  assert.equal(await directory.authenticate({ name: 'Impostor', password: 'x' }), null);
  assert.equal(await directory.authenticate({ name: 'Other Kif', password: 'y' }), null);
  assert.deepEqual(warnings, [
    "Impostor of second can't log in: the id Boss belongs to another user",
    "Other Kif of third can't log in: the id kif belongs to another user",
  ]);
});

test('whose name it is is told before the password is checked, and can be refused', async () => {
  await using store = await aStore();
  await addUser(store, { name: 'Zapp Brannigan', id: 'zapp', password: 'velour-uniform' });
  const sources = [aSource('first', 'kif', 'Kif Kroker', 'sigh')];
  const directory = createDirectory(store, { demo: true, sources });
  const found: string[] = [];
  const admits = (userId: string): boolean => found.push(userId) > 3;
  for (const [name, password] of [
    ['Zapp Brannigan', 'velour-uniform'],
    ['Kif Kroker', 'sigh'],
    ['Philip J. Fry', 'fry'],
    ['nobody', 'nobody'],
  ] as const)
    assert.equal(await directory.authenticate({ name, password }, admits), null);
  assert.deepEqual(found, ['zapp', 'kif', 'fry']);
  const identity = await directory.authenticate({ name: 'Kif Kroker', password: 'sigh' }, admits);
  assert.equal(identity?.user.id, 'kif');
});

test('only directories elsewhere are asked whether they still know a user', async () => {
  await using store = await aStore();
  const check = async (login: string) => login === 'Kif';
  const sources = [{ ...aSource('first', 'kif', 'Kif', 'sigh'), check }];
  const { checker } = createDirectory(store, { demo: true, sources });
  assert.equal(checker?.('first'), check);
  for (const provider of ['local', 'planet', 'removed since']) assert.equal(checker?.(provider), null);
});

test('while a directory is down, users of later sources cannot log in, because their ids may be taken', async () => {
  await using store = await aStore();
  await addUser(store, { name: 'Zapp Brannigan', id: 'zapp', password: 'velour-uniform' });
  const away = new DeskpodError('directory_unavailable', 'The directory planet cannot be reached.');
  const broken = {
    provider: 'planet',
    displayName: 'planet',
    prove: () => Promise.reject(away),
    owns: () => Promise.reject(away),
  };
  const directory = createDirectory(store, { demo: true, sources: [broken, aSource('second', 'kif', 'Kif', 'sigh')] });
  assert.equal((await directory.authenticate({ name: 'zapp', password: 'velour-uniform' }))?.user.id, 'zapp');
  await assert.rejects(directory.authenticate({ name: 'kif', password: 'sigh' }), away);
  await assert.rejects(directory.authenticate({ name: 'fry', password: 'fry' }), away);
});

test('every anonymous guest is a different user', async () => {
  await using store = await aStore();
  const anonymous = createAnonymous(store);
  const guests = await Promise.all([1, 2, 3].map(() => anonymous.authenticate({ name: '', password: '' })));
  assert.equal(new Set(guests.map((guest) => guest?.user.id)).size, 3);
  assert.equal(new Set(guests.map((guest) => guest?.account.uid)).size, 3);
  assert.deepEqual(
    [guests[0]?.user.name, guests[0]?.user.provider, guests[0]?.user.roles],
    ['Guest', 'anonymous', ['user']],
  );
});
