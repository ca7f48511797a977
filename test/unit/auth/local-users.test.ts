import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDirectory } from '#auth/directory.ts';
import {
  addUser,
  ensureAdministrator,
  listUsers,
  removeUser,
  setUserDisabled,
  setUserPassword,
  setUserRoles,
} from '#auth/local-users.ts';
import { openStore } from '#store/open.ts';
import { failsWith } from '../../fixtures/fails-with.ts';

const aStore = () => openStore({ kind: 'sqlite', file: ':memory:' });

test('a user gets an id from the name and a posix id', async () => {
  await using store = await aStore();
  await addUser(store, { name: 'Zoë Ångström', password: 'long enough' });
  await addUser(store, { name: 'Kif Kroker', password: 'long enough', id: 'kif', roles: ['admin'] });
  const users = await listUsers(store);
  assert.deepEqual(
    users.map(({ id, name, roles, uid }) => [id, name, roles, uid]),
    [
      ['kif', 'Kif Kroker', ['user', 'admin'], 20_001],
      ['zoe-angstrom', 'Zoë Ångström', ['user'], 20_000],
    ],
  );
  assert.ok(users.every((user) => !('passwordHash' in user)));
});

test('a weak, empty or too long password is refused with the reason', async () => {
  await using store = await aStore();
  const adding = (password: string) => addUser(store, { name: 'Kif Kroker', password });
  await assert.rejects(adding(''), failsWith('invalid_request', /is empty/));
  await assert.rejects(adding('short'), failsWith('invalid_request', /8 characters/));
  await assert.rejects(adding('a'.repeat(2000)), failsWith('invalid_request', /at most/));
  await assert.rejects(adding('aaaaaaaaaa'), failsWith('invalid_request', /three different characters/));
  await assert.rejects(adding('kif KROKER'), failsWith('invalid_request', /be the name/));
  assert.deepEqual(await listUsers(store), []);
});

test('an id that is in use, reserved or invalid is refused', async () => {
  await using store = await aStore();
  const password = 'long enough';
  await addUser(store, { name: 'Kif Kroker', password, id: 'kif' });
  await assert.rejects(addUser(store, { name: 'Another', password, id: 'kif' }), failsWith('conflict', /Kif Kroker/));
  await assert.rejects(addUser(store, { name: 'KIF', password }), failsWith('conflict', /can't be distinguished from/));
  await assert.rejects(
    addUser(store, { name: 'kíf kroker', password, id: 'kif2' }),
    failsWith('conflict', /distinguished from/),
  );
  await assert.rejects(addUser(store, { name: 'Hermes', password }), failsWith('conflict', /reserved/));
  await assert.rejects(addUser(store, { name: 'Root', password, id: 'root' }), failsWith('conflict', /reserved/));
  await assert.rejects(
    addUser(store, { name: 'Me', password, id: '../me' }),
    failsWith('invalid_request', /isn't a valid ID/),
  );
  await assert.rejects(addUser(store, { name: '   ', password }), failsWith('invalid_request', /1 to 256/));
});

test('a new password replaces the old one', async () => {
  await using store = await aStore();
  await addUser(store, { name: 'Kif Kroker', password: 'first password', id: 'kif' });
  await setUserPassword(store, 'Kif Kroker', 'second password');
  const directory = createDirectory(store, { demo: false });
  assert.equal(await directory.authenticate({ name: 'kif', password: 'first password' }), null);
  assert.equal((await directory.authenticate({ name: 'kif', password: 'second password' }))?.user.id, 'kif');
  await assert.rejects(setUserPassword(store, 'zapp', 'second password'), failsWith('not_found', /no user zapp/));
});

test('the last administrator cannot be removed, but others can', async () => {
  await using store = await aStore();
  await addUser(store, { name: 'One', password: 'long enough', roles: ['admin'] });
  await assert.rejects(removeUser(store, 'one'), failsWith('conflict', /last administrator/));
  await addUser(store, { name: 'Two', password: 'long enough', roles: ['admin'] });
  assert.equal((await removeUser(store, 'one')).id, 'one');
  await assert.rejects(removeUser(store, 'one'), failsWith('not_found', /no user one/));
});

test('the last administrator who can log in cannot be disabled, removed or lose the role', async () => {
  await using store = await aStore();
  for (const name of ['One', 'Two']) await addUser(store, { name, password: 'long enough', roles: ['admin'] });
  assert.equal((await setUserDisabled(store, 'Two', true)).disabled, true);
  const refusals = [setUserDisabled(store, 'one', true), removeUser(store, 'one'), setUserRoles(store, 'one', [])];
  for (const refused of refusals) await assert.rejects(refused, failsWith('conflict', /last administrator/));
  assert.equal(await ensureAdministrator(store), null);
  assert.equal((await removeUser(store, 'two')).id, 'two');
  await assert.rejects(setUserDisabled(store, 'two', false), failsWith('not_found', /no user two/));
});

test('a role is changed and other labels stay; the last administrator keeps the role', async () => {
  await using store = await aStore();
  await addUser(store, { name: 'One', password: 'long enough', roles: ['admin'] });
  await store.users.setLabels('one', ['user', 'admin', 'shipcrew']);
  await assert.rejects(setUserRoles(store, 'one', ['support']), failsWith('conflict', /last administrator/));
  await addUser(store, { name: 'Two', password: 'long enough' });
  assert.deepEqual((await setUserRoles(store, 'Two', ['admin'])).roles, ['user', 'admin']);
  assert.deepEqual((await setUserRoles(store, 'one', ['support'])).labels, ['user', 'support', 'shipcrew']);
  assert.deepEqual((await store.users.find('one'))?.labels, ['user', 'support', 'shipcrew']);
  await assert.rejects(setUserRoles(store, 'three', []), failsWith('not_found', /no user three/));
});

test('the posix id of a removed user is not reused', async () => {
  await using store = await aStore();
  const first = await addUser(store, { name: 'One', password: 'long enough' });
  await removeUser(store, 'one');
  assert.notEqual((await addUser(store, { name: 'Two', password: 'long enough' })).uid, first.uid);
});

test('the first start creates an administrator whose password is printed once', async () => {
  await using store = await aStore();
  const made = await ensureAdministrator(store);
  assert.match(made?.password ?? '', /^(?:[a-z]{6}-){3}[a-z]{6}$/);
  const identity = await createDirectory(store, { demo: false }).authenticate({
    name: made?.name ?? '',
    password: made?.password ?? '',
  });
  assert.deepEqual(identity?.user.roles, ['user', 'admin']);
  assert.equal(await ensureAdministrator(store), null);
});

test('an administrator is created although a user has the id admin', async () => {
  await using store = await aStore();
  await addUser(store, { name: 'admin', password: 'long enough' });
  assert.equal((await ensureAdministrator(store))?.name, 'admin-2');
});
