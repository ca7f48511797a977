/** Guests over HTTP: a limit of logins, one rate of requests for all of an address, and desktops that end with sessions. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Session } from '#protocol/user.ts';
import { z } from 'zod';
import { type FakeApi, fakeApi } from '../../fakes/api.ts';
import { eventually } from '../../fakes/launches.ts';
import { LIMITS } from '../../fixtures/limits.ts';

const logIn = ({ app }: FakeApi) =>
  app.inject({
    method: 'POST',
    url: '/api/v1/session',
    payload: { provider: 'anonymous' },
    headers: { 'x-deskpod': '1' },
  });
const tokenOf = (reply: { json(): unknown }): string => Session.extend({ token: z.string() }).parse(reply.json()).token;

test('one guest too many gets 429, until another has logged out', async () => {
  await using api = await fakeApi({ limits: { ...LIMITS, guestsPerAddress: 2 } });
  const tokens = [tokenOf(await logIn(api)), tokenOf(await logIn(api))];
  const refused = await logIn(api);
  assert.deepEqual([refused.statusCode, refused.json().error.code], [429, 'too_many_open']);
  const headers = { authorization: `Bearer ${tokens[0]}` };
  await api.app.inject({ method: 'DELETE', url: '/api/v1/session', headers });
  assert.equal((await logIn(api)).statusCode, 200);
});

test('guests of one address have one rate of requests; another login is not a new one', async () => {
  await using api = await fakeApi();
  const left: number[] = [];
  for (const _ of [1, 2]) {
    const headers = { authorization: `Bearer ${tokenOf(await logIn(api))}` };
    const reply = await api.app.inject({ method: 'GET', url: '/api/v1/session', headers });
    left.push(Number(reply.headers['x-ratelimit-remaining']));
  }
  assert.equal(left[1], (left[0] ?? 0) - 1);
});

test('a guest’s desktop ends with the session, those of others do not', async () => {
  await using api = await fakeApi();
  const guest = tokenOf(await logIn(api));
  for (const token of [guest, await api.login('fry')])
    await api.app.inject({
      method: 'POST',
      url: '/api/v1/desktop',
      payload: {},
      headers: { authorization: `Bearer ${token}` },
    });
  await eventually(() => api.engine.desktopsById.size === 2 || undefined);
  await api.context.desktops.settled(AbortSignal.timeout(5_000));
  await api.context.guests.sweep();
  assert.equal(api.engine.desktopsById.size, 2);
  const headers = { authorization: `Bearer ${guest}` };
  await api.app.inject({ method: 'DELETE', url: '/api/v1/session', headers });
  await api.context.guests.sweep();
  assert.deepEqual(
    [...api.engine.desktopsById.values()].map(({ userId }) => userId),
    ['fry'],
  );
});
