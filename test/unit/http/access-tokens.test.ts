/** Access tokens for files: made, shown once, exchanged by gateways, and ended. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LightMyRequestResponse } from 'fastify';
import { davTickets } from '#http/dav-tickets.ts';
import { AccessTokens, DAV_TICKETS_PATH, DavTicket, MadeAccessToken } from '#protocol/access-token.ts';
import { fakeApi, type FakeApi } from '../../fakes/api.ts';
import { failsWith } from '../../fixtures/fails-with.ts';

async function person(api: FakeApi, name = 'fry') {
  const headers = { authorization: `Bearer ${await api.login(name)}` };
  const send = (method: 'GET' | 'POST' | 'DELETE', path: string, payload?: object): Promise<LightMyRequestResponse> =>
    api.app.inject({ method, url: `/api/v1${path}`, headers, ...(payload === undefined ? {} : { payload }) });
  const make = async (given: object = { name: 'Laptop' }): Promise<MadeAccessToken> =>
    MadeAccessToken.parse((await send('POST', '/access-tokens', given)).json());
  const list = async () => AccessTokens.parse((await send('GET', '/access-tokens')).json()).tokens;
  return { send, make, list, headers };
}

const ADDRESS = '198.51.100.7';

test('a token is shown once; the list has its name and times', async () => {
  await using api = await fakeApi();
  const fry = await person(api);
  const { token, ...shown } = await fry.make({ name: ' Laptop ', days: 30 });
  assert.match(token, /^deskpod_[A-Za-z0-9_-]{32}$/);
  assert.deepEqual(await fry.list(), [shown]);
  assert.deepEqual([shown.name, shown.usedAt], ['Laptop', null]);
  assert.equal(Date.parse(shown.expiresAt ?? '') - Date.parse(shown.createdAt), 30 * 86_400_000);
  const [stored] = await api.context.store.accessTokens.list('fry');
  assert.ok(stored !== undefined && !JSON.stringify(stored).includes(token));
  assert.equal((await fry.send('POST', '/access-tokens', { name: '' })).statusCode, 400);
});

test('nobody has more than twenty; guests have none; nobody revokes another user’s', async () => {
  await using api = await fakeApi();
  const [fry, amy] = [await person(api), await person(api, 'amy')];
  const { id } = await fry.make();
  for (let count = 1; count < 20; count += 1) await fry.make();
  assert.equal((await fry.send('POST', '/access-tokens', { name: 'x' })).statusCode, 409);
  assert.equal((await amy.send('DELETE', `/access-tokens/${id}`)).statusCode, 404);
  assert.equal((await fry.send('DELETE', `/access-tokens/${id}`)).statusCode, 204);
  assert.equal((await fry.list()).length, 19);
  const guest = await api.app.inject({
    method: 'POST',
    url: '/api/v1/session',
    payload: { provider: 'anonymous' },
    headers: { 'x-deskpod': '1' },
  });
  const authorization = `Bearer ${(guest.json() as { token: string }).token}`;
  const refused = {
    method: 'POST',
    url: '/api/v1/access-tokens',
    payload: { name: 'x' },
    headers: { authorization },
  } as const;
  assert.equal((await api.app.inject(refused)).statusCode, 403);
});

test('a token starts the desktop, counts as its use, and gives a ticket for files alone', async () => {
  await using api = await fakeApi();
  api.engine.services = { files: null };
  const fry = await person(api);
  const { token, id } = await fry.make();
  assert.equal(api.context.desktops.runningOrNull('fry'), null);
  const ticket = await davTickets(api.context)({ userId: 'fry', token, address: ADDRESS });
  const claims = await api.context.tickets.verify(ticket);
  assert.deepEqual([claims?.userId, claims?.sessionId, claims?.rights.screen], ['fry', `token-${id}`, 'none']);
  assert.equal(claims?.desktopId, api.context.desktops.running('fry').id);
  assert.ok((await api.context.store.values.get('attended'))?.includes('fry'));
  assert.notEqual((await fry.list())[0]?.usedAt, null);
});

test('a token is no login to the API, and no other user’s', async () => {
  await using api = await fakeApi();
  const fry = await person(api);
  const { token } = await fry.make();
  for (const authorization of [`Bearer ${token}`, `Basic ${Buffer.from(`fry:${token}`).toString('base64')}`]) {
    const reply = await api.app.inject({ method: 'GET', url: '/api/v1/session', headers: { authorization } });
    assert.equal(reply.statusCode, 401);
  }
  await assert.rejects(davTickets(api.context)({ userId: 'amy', token, address: ADDRESS }), failsWith('login_refused'));
});

test('guessing is slowed down, without locking out the user’s password', async () => {
  await using api = await fakeApi({
    attempts: {
      begin: (_address, name) =>
        name === 'access token of fry' ? { verdict: 'refused', retryAfterSeconds: 5 } : { verdict: 'go', delayMs: 0 },
      found: () => true,
      succeeded() {},
      undecided() {},
    },
  });
  await person(api);
  const guess = { userId: 'fry', token: 'deskpod_guess', address: ADDRESS };
  await assert.rejects(davTickets(api.context)(guess), failsWith('too_many_attempts'));
});

test('a revoked token, and all of a user who logs out everywhere, no longer open anything', async () => {
  await using api = await fakeApi();
  api.engine.services = { files: null };
  const fry = await person(api);
  const [one, two] = [await fry.make(), await fry.make()];
  const open = (token: string) => davTickets(api.context)({ userId: 'fry', token, address: ADDRESS });
  const claims = await api.context.tickets.verify(await open(one.token));
  const sessionSince = claims?.sessionSince ?? new Date();
  assert.equal((await fry.send('DELETE', `/access-tokens/${one.id}`)).statusCode, 204);
  await assert.rejects(open(one.token), failsWith('login_refused'));
  const ended = { sessionId: `token-${one.id}`, userId: 'fry', sessionSince };
  assert.ok(api.context.closings.hasEnded(ended), 'gateways close what is open with it');
  await open(two.token);
  assert.equal((await fry.send('DELETE', '/sessions')).statusCode, 204);
  await assert.rejects(open(two.token), failsWith('login_refused'));
});

test('with files.webdav off, no token is made or accepted', async () => {
  await using api = await fakeApi();
  const fry = await person(api);
  const { token } = await fry.make();
  await using off = await fakeApi({
    files: { upload: true, download: true, webdav: false, maxUploadBytes: null, maxDownloadBytes: null },
  });
  const there = await person(off);
  assert.equal((await there.send('POST', '/access-tokens', { name: 'x' })).statusCode, 403);
  await assert.rejects(davTickets(off.context)({ userId: 'fry', token, address: ADDRESS }), failsWith('forbidden'));
});

test('only gateways of this installation exchange tokens over HTTP', async () => {
  await using api = await fakeApi();
  api.engine.services = { files: null };
  const fry = await person(api);
  const { token } = await fry.make();
  const ask = (bearer: string) =>
    api.app.inject({
      method: 'POST',
      url: DAV_TICKETS_PATH,
      payload: { userId: 'fry', token, address: ADDRESS },
      headers: { authorization: `Bearer ${bearer}` },
    });
  assert.equal((await ask('guess')).statusCode, 401);
  const reply = await ask(api.context.closingsToken);
  const { ticket } = DavTicket.parse(reply.json());
  assert.equal((await api.context.tickets.verify(ticket))?.userId, 'fry');
});
