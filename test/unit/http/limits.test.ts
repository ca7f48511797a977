/** Limits with their current use, for a user and for administrators. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Limits } from '#protocol/limits.ts';
import { fakeApi, type FakeApi } from '../../fakes/api.ts';
import { eventually } from '../../fakes/launches.ts';

async function usesOf(api: FakeApi, token: string, query = ''): Promise<string[]> {
  const url = `/api/v1/limits${query}`;
  const reply = await api.app.inject({ url, headers: { authorization: `Bearer ${token}` } });
  return Limits.parse(reply.json()).limits.map(({ setting, used, limit }) => `${setting} ${used}/${limit}`);
}

test('a user sees each limit with the use in all their sessions', async () => {
  await using api = await fakeApi();
  const { connections } = api.context.sessions;
  connections.open('fry', 'terminals');
  connections.open('fry', 'streams');
  connections.open('bender', 'screens');
  const uses = ['launches.perUser 0/32', 'limits.terminals 1/32', 'limits.streams 1/64', 'limits.screens 0/32'];
  assert.deepEqual(await usesOf(api, await api.login('fry')), uses);
});

test('a running desktop shows what it uses with all its apps, and which limits the machine cannot enforce', async () => {
  await using api = await fakeApi();
  const token = await api.login('fry');
  const before = await usesOf(api, token);
  api.engine.shared = [
    { name: 'memory', limit: 4096, used: 1024 },
    { name: 'cpus', limit: 2, used: null },
  ];
  assert.deepEqual(await usesOf(api, token), before, 'no desktop runs');
  const headers = { authorization: `Bearer ${token}` };
  await api.app.inject({ method: 'POST', url: '/api/v1/desktop', headers, payload: {} });
  await eventually(() => api.context.desktops.runningOrNull('fry') ?? undefined);
  const reply = await api.app.inject({ url: '/api/v1/limits', headers });
  assert.deepEqual(Limits.parse(reply.json()).limits.slice(before.length), [
    { name: 'memory', used: 1024, limit: 4096, unit: 'bytes', enforced: true, setting: 'limits.desktop.memory' },
    { name: 'cpus', used: null, limit: 2, unit: 'processors', enforced: false, setting: 'limits.desktop.cpus' },
  ]);
});

test('an administrator sees guests, and the limits of any user; others do not', async () => {
  await using api = await fakeApi();
  const { connections } = api.context.sessions;
  connections.open('fry', 'terminals');
  const [admin, bender] = [api.context.localToken, await api.login('bender')];
  assert.equal((await usesOf(api, admin)).at(-1), 'limits.guests 0/200');
  assert.equal((await usesOf(api, admin, '?user=fry'))[1], 'limits.terminals 1/32');
  const headers = { authorization: `Bearer ${bender}` };
  assert.equal((await api.app.inject({ url: '/api/v1/limits?user=fry', headers })).statusCode, 403);
  assert.equal((await api.app.inject({ url: '/api/v1/limits?user=bender', headers })).statusCode, 200);
  assert.equal((await api.app.inject({ url: '/api/v1/limits' })).statusCode, 401);
});

test('where gateways are processes of their own, screens are left out', async () => {
  await using api = await fakeApi({ server: { name: 'api', roles: ['api'], path: '/' } });
  assert.ok(!(await usesOf(api, await api.login('fry'))).some((use) => use.startsWith('limits.screens')));
});
