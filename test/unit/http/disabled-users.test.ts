/** A disabled user is out: sessions end with everything open under them, logins are refused, and the desktop stays. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addUser } from '#auth/local-users.ts';
import { type FakeApi, fakeApi } from '../../fakes/api.ts';
import { endsSoon, openStream } from '../../fixtures/open-stream.ts';

const password = 'a long password';

const send = (api: FakeApi, method: 'GET' | 'POST' | 'PUT', path: string, token: string, payload?: object) =>
  api.app.inject({
    method,
    url: `/api/v1${path}`,
    headers: { authorization: `Bearer ${token}` },
    ...(payload && { payload }),
  });

const setDisabled = async (api: FakeApi, id: string, disabled: boolean, token = api.context.localToken) =>
  (await send(api, 'PUT', `/users/${id}/disabled`, token, { disabled })).statusCode;

async function logIn(api: FakeApi, name: string, given: string) {
  const payload = { provider: 'directory', name, password: given };
  const reply = await api.app.inject({
    method: 'POST',
    url: '/api/v1/session',
    payload,
    headers: { 'x-deskpod': '1' },
  });
  return { status: reply.statusCode, body: reply.body };
}

test('disabling ends sessions and streams, keeps the desktop, and answers logins like a wrong password', async (t) => {
  await using api = await fakeApi();
  await addUser(api.context.store, { name: 'Kif', password });
  const token = await api.login('kif', password);
  await send(api, 'POST', '/desktop', token, {});
  const desktop = api.context.desktops.runningOrNull('kif');
  await api.app.listen({ port: 0, host: '127.0.0.1' });
  const stream = await openStream(t, api, '/events', token);
  const wrong = await logIn(api, 'kif', 'another password');
  assert.equal(await setDisabled(api, 'kif', true), 204);
  assert.equal(await endsSoon(stream.ended), true);
  assert.equal((await send(api, 'GET', '/session', token)).statusCode, 401);
  assert.deepEqual(await logIn(api, 'kif', password), wrong);
  assert.ok(desktop);
  assert.equal(api.context.desktops.runningOrNull('kif')?.id, desktop.id);
  const { users } = (await send(api, 'GET', '/users', api.context.localToken)).json();
  assert.equal(users[0].disabled, true);
});

test('an enabled user logs in again, to a session of its own', async () => {
  await using api = await fakeApi();
  await addUser(api.context.store, { name: 'Kif', password });
  const before = await api.login('kif', password);
  await setDisabled(api, 'kif', true);
  assert.equal((await send(api, 'GET', '/session', before)).statusCode, 401);
  assert.equal(await setDisabled(api, 'kif', false), 204);
  const after = await api.login('kif', password);
  assert.equal((await send(api, 'GET', '/session', after)).statusCode, 200);
  assert.equal((await send(api, 'GET', '/session', before)).statusCode, 401);
});

test('a login that was under way when its user was disabled is worth nothing', async () => {
  await using api = await fakeApi();
  await addUser(api.context.store, { name: 'Kif', password });
  const { context } = api;
  const identity = await context.authenticators[0]?.authenticate({ name: 'kif', password });
  assert.ok(identity);
  await send(api, 'GET', '/session', await api.login('kif', password));
  await setDisabled(api, 'kif', true);
  const { token } = await context.tokens.issue(identity, 'late', new Date(Date.now() + 1_000));
  assert.equal((await send(api, 'GET', '/session', token)).statusCode, 401);
});

test('only administrators disable users, and not the last one of them', async () => {
  await using api = await fakeApi();
  for (const name of ['Kif', 'Zapp']) await addUser(api.context.store, { name, password });
  await addUser(api.context.store, { name: 'Nixon', password, roles: ['admin'] });
  assert.equal(await setDisabled(api, 'zapp', true, await api.login('kif', password)), 403);
  assert.equal(await setDisabled(api, 'nixon', true, await api.login('nixon', password)), 409);
  assert.equal(await setDisabled(api, 'nobody', true), 404);
});
