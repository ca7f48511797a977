import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAnonymous } from '#auth/anonymous.ts';
import { DEMO_PEOPLE } from '#auth/demo-directory.ts';
import { createDirectory } from '#auth/directory.ts';
import { addUser } from '#auth/local-users.ts';
import type { Identity } from '#domain/auth.ts';
import { DeskpodError } from '#domain/errors.ts';
import { openStore } from '#store/open.ts';

const aStore = () => openStore({ kind: 'sqlite', file: ':memory:' });

test('each of the seven demo people logs in with their id as password', async () => {
  await using store = await aStore();
  const directory = createDirectory(store, { demo: true });
  assert.equal(DEMO_PEOPLE.length, 7);
  for (const { id, name } of DEMO_PEOPLE) {
    assert.equal((await directory.authenticate({ name, password: id }))?.user.id, id);
  }
});

test('a demo person is known by id or name, whatever the case, accents and spaces', async () => {
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

test('the roles of the demo people are those of their labels', async () => {
  await using store = await aStore();
  const directory = createDirectory(store, { demo: true });
  const roles = async (id: string) => (await directory.authenticate({ name: id, password: id }))?.user.roles;
  assert.deepEqual(await roles('professor'), ['user', 'admin']);
  assert.deepEqual(await roles('leela'), ['user', 'support']);
});

test('a wrong password, an unknown name and an empty one are refused alike', async () => {
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

test('an unknown name takes about as long as a wrong password', async () => {
  await using store = await aStore();
  const directory = createDirectory(store, { demo: true });
  const fastest = async (name: string) => {
    const times: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const started = performance.now();
      await directory.authenticate({ name, password: 'wrong' });
      times.push(performance.now() - started);
    }
    return Math.min(...times);
  };
  const [known, unknown] = [await fastest('hermes'), await fastest('nobody')];
  assert.ok(
    unknown > known / 3,
    `${unknown.toFixed(0)} ms for an unknown name, ${known.toFixed(0)} ms for a known one`,
  );
});

test('without the demo people only users of this server log in', async () => {
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

/** A directory with one person, who has this id and this display name; counts how often it is asked. */
function aSource(provider: string, id: string, name: string, password: string) {
  const account = { userId: id, displayName: name, provider, uid: 5, gid: 5 };
  const identity: Identity = { user: { id, name, provider, labels: ['user'], roles: ['user'] }, account };
  const source = {
    displayName: provider,
    asked: 0,
    async prove(typed: string, given: string) {
      source.asked += 1;
      if (typed !== id && typed !== name) return 'unknown' as const;
      return given === password ? identity : ('refused' as const);
    },
    owns: async (asked: string) => asked === id,
  };
  return source;
}

test('users of this server come first, then directories in their order, then the demo people', async () => {
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

test('without a name or a password no directory is asked at all', async () => {
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

test('nobody gets the id of somebody who comes before, by whatever name they log in', async () => {
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
    'Impostor of second cannot log in: the id Boss belongs to another',
    'Other Kif of third cannot log in: the id kif belongs to another',
  ]);
});

test('while a directory is away its people cannot be told from others, so who comes after it waits, too', async () => {
  await using store = await aStore();
  await addUser(store, { name: 'Zapp Brannigan', id: 'zapp', password: 'velour-uniform' });
  const away = new DeskpodError('directory_unavailable', 'The directory planet cannot be reached.');
  const broken = { displayName: 'planet', prove: () => Promise.reject(away), owns: () => Promise.reject(away) };
  const directory = createDirectory(store, { demo: true, sources: [broken, aSource('second', 'kif', 'Kif', 'sigh')] });
  assert.equal((await directory.authenticate({ name: 'zapp', password: 'velour-uniform' }))?.user.id, 'zapp');
  await assert.rejects(directory.authenticate({ name: 'kif', password: 'sigh' }), away);
  await assert.rejects(directory.authenticate({ name: 'fry', password: 'fry' }), away);
});

test('every anonymous guest is somebody else', async () => {
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
