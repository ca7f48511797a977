/** A session ends everywhere: its token is refused and what it holds open is closed, whoever ends it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addUser } from '#auth/local-users.ts';
import { type LoginRecord, Session } from '#protocol/user.ts';
import { type FakeApi, fakeApi } from '../../fakes/api.ts';
import { endsSoon, openStream } from '../../fixtures/open-stream.ts';

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

const send = (api: FakeApi, method: 'GET' | 'DELETE' | 'POST', path: string, token: string) =>
  api.app.inject({ method, url: `/api/v1${path}`, headers: bearer(token) });

const statusOf = async (api: FakeApi, token: string) => (await send(api, 'GET', '/session', token)).statusCode;

async function loginsOf(api: FakeApi, token: string): Promise<LoginRecord[]> {
  return (await send(api, 'GET', '/sessions', token)).json().logins;
}

/** The id of the session of this token. */
async function idOf(api: FakeApi, token: string): Promise<string> {
  return (await loginsOf(api, token)).find(({ current }) => current)?.id ?? assert.fail();
}

test('the list says which sessions are open; one of them is ended from another, and closes what it had open', async (t) => {
  await using api = await fakeApi();
  await api.app.listen({ port: 0, host: '127.0.0.1' });
  const [lost, own] = [await api.login('fry'), await api.login('fry')];
  const id = await idOf(api, lost);
  const streams = [await openStream(t, api, '/events', lost), await openStream(t, api, '/usage', lost)];
  const open = async () => (await loginsOf(api, own)).filter((login) => login.open).length;
  assert.equal(await open(), 2);
  assert.equal((await send(api, 'DELETE', `/sessions/${id}`, own)).statusCode, 204);
  assert.deepEqual(await Promise.all(streams.map(({ ended }) => endsSoon(ended))), [true, true]);
  assert.deepEqual([await statusOf(api, lost), await statusOf(api, own), await open()], [401, 200, 1]);
  assert.equal((await send(api, 'DELETE', `/sessions/${id}`, own)).statusCode, 404);
});

test('nobody ends the sessions of others, except an administrator', async () => {
  await using api = await fakeApi();
  const [fry, bender] = [await api.login('fry'), await api.login('bender')];
  assert.equal((await send(api, 'DELETE', `/sessions/${await idOf(api, fry)}`, bender)).statusCode, 404);
  assert.equal((await send(api, 'DELETE', '/users/fry/sessions', bender)).statusCode, 403);
  assert.equal(await statusOf(api, fry), 200);
  const local = api.context.localToken;
  assert.equal((await send(api, 'DELETE', '/users/fry/sessions', local)).statusCode, 204);
  assert.deepEqual([await statusOf(api, fry), await statusOf(api, bender)], [401, 200]);
  assert.equal((await send(api, 'DELETE', '/users/nobody/sessions', local)).statusCode, 404);
});

test('logging out everywhere ends all sessions with their streams; the next login is a session again', async (t) => {
  await using api = await fakeApi();
  await api.app.listen({ port: 0, host: '127.0.0.1' });
  const [one, two] = [await api.login('fry'), await api.login('fry')];
  const stream = await openStream(t, api, '/usage', two);
  const reply = await send(api, 'DELETE', '/sessions', one);
  assert.equal(reply.statusCode, 204);
  assert.match(String(reply.headers['set-cookie']), /deskpod_session_[0-9a-f]{8}=;/);
  assert.equal(await endsSoon(stream.ended), true);
  assert.deepEqual([await statusOf(api, one), await statusOf(api, two)], [401, 401]);
  assert.equal(await statusOf(api, await api.login('fry')), 200);
  assert.equal((await send(api, 'DELETE', '/sessions', api.context.localToken)).statusCode, 403);
});

test('a session that was extended is open for longer, one that was left no more', async () => {
  await using api = await fakeApi();
  const token = await api.login('fry');
  const { expiresAt } = Session.parse((await send(api, 'POST', '/session/extend', token)).json());
  assert.equal((await loginsOf(api, token))[0]?.endsAt, expiresAt);
  await send(api, 'DELETE', '/session', token);
  assert.deepEqual(await api.context.store.logins.open(new Date(), 'fry'), []);
});

test('roles of a local user are those of the store, whatever the token says, and a removed user has none', async () => {
  await using api = await fakeApi();
  const { store } = api.context;
  for (const name of ['Kif', 'Zapp']) await addUser(store, { name, password: 'a long password', roles: ['admin'] });
  const [kif, zapp] = [await api.login('kif', 'a long password'), await api.login('zapp', 'a long password')];
  await store.users.setLabels('kif', ['user']);
  await store.users.remove('zapp');
  assert.equal((await send(api, 'GET', '/users', kif)).statusCode, 403);
  assert.equal(await statusOf(api, zapp), 401);
});
