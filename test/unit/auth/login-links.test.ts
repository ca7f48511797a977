/** The link that the server prints: logs its administrator in, once, for a while. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addUser, removeUser, setUserDisabled } from '#auth/local-users.ts';
import { LINK_MINUTES, LoginLinks } from '#auth/login-links.ts';
import { openStore } from '#store/open.ts';
import { fakeApi } from '../../fakes/api.ts';

const password = 'long enough';
const aStore = () => openStore({ kind: 'sqlite', file: ':memory:' });

async function tokenOf(links: LoginLinks): Promise<string> {
  return /^#login=([\w-]{43})$/.exec((await links.issue()) ?? '')?.[1] ?? assert.fail('no link');
}

test('a link logs the first administrator in, and only once', async () => {
  await using store = await aStore();
  await addUser(store, { name: 'Kif', password });
  await addUser(store, { name: 'Zapp', password, roles: ['admin'] });
  await addUser(store, { name: 'Nixon', password, roles: ['admin'] });
  const links = new LoginLinks(store);
  const token = await tokenOf(links);
  assert.equal(await links.use(`${token}x`), null);
  const identity = await links.use(token);
  assert.deepEqual([identity?.user.id, identity?.user.roles], ['zapp', ['user', 'admin']]);
  assert.equal(await links.use(token), null, 'used');
});

test('a link expires, is replaced by the next one, and is worth nothing without its administrator', async () => {
  await using store = await aStore();
  let now = 0;
  const links = new LoginLinks(store, () => now);
  assert.equal(await links.issue(), null, 'there is no administrator');
  await addUser(store, { name: 'Zapp', password, roles: ['admin'] });
  const late = await tokenOf(links);
  now += LINK_MINUTES * 60_000 + 1;
  assert.equal(await links.use(late), null);
  const replaced = await tokenOf(links);
  const token = await tokenOf(links);
  assert.equal(await links.use(replaced), null);
  await addUser(store, { name: 'Nixon', password, roles: ['admin'] });
  await removeUser(store, 'zapp');
  assert.equal(await links.use(token), null);
});

test('the link of a disabled administrator is refused, and the next one is for another', async () => {
  await using store = await aStore();
  await addUser(store, { name: 'Zapp', password, roles: ['admin'] });
  await addUser(store, { name: 'Nixon', password, roles: ['admin'] });
  const links = new LoginLinks(store);
  const token = await tokenOf(links);
  await setUserDisabled(store, 'zapp', true);
  assert.equal(await links.use(token), null);
  assert.equal((await links.use(await tokenOf(links)))?.user.id, 'nixon');
});

test('over HTTP a link is a login like any other, and one that is over says so', async () => {
  await using api = await fakeApi();
  await addUser(api.context.store, { name: 'Zapp', password, roles: ['admin'] });
  const links = new LoginLinks(api.context.store);
  await using server = await fakeApi({ store: api.context.store, links });
  const token = await tokenOf(links);
  const send = async (payload: object) =>
    await server.app.inject({ method: 'POST', url: '/api/v1/session', payload, headers: { 'x-deskpod': '1' } });
  const entered = await send({ provider: 'link', token });
  assert.equal(entered.statusCode, 200);
  assert.match(entered.body, /"roles":\["user","admin"\]/);
  const again = await send({ provider: 'link', token });
  assert.equal(again.statusCode, 401);
  assert.match(again.body, /login link was used already, or has expired/);
});
