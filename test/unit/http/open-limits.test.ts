/** What a user has open is limited over HTTP too, and counts no longer once it is closed. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { ErrorBody } from '#protocol/errors.ts';
import { fakeApi } from '../../fakes/api.ts';
import { debugStage } from '../../fakes/debug.ts';
import { eventually } from '../../fakes/launches.ts';
import { LIMITS } from '../../fixtures/limits.ts';

async function stage(t: TestContext) {
  const api = await fakeApi({ limits: { ...LIMITS, streams: 2 } });
  t.after(() => api[Symbol.asyncDispose]());
  await api.app.listen({ port: 0, host: '127.0.0.1' });
  const port = api.app.addresses().map((address) => (typeof address === 'string' ? address : address.port))[0];
  const open = async (token: string, path: string) => {
    const stop = new AbortController();
    t.after(() => stop.abort());
    const headers = { authorization: `Bearer ${token}` };
    const reply = await fetch(`http://127.0.0.1:${port}/api/v1${path}`, { headers, signal: stop.signal });
    return { reply, stop };
  };
  return { api, open };
}

test('a user who has too many streams open, in all sessions, gets 429 until one is closed; others are not affected', async (t) => {
  const { api, open } = await stage(t);
  const [one, two, bender] = [await api.login('fry'), await api.login('fry'), await api.login('bender')];
  const first = await open(one, '/events');
  await open(two, '/usage');
  const { reply } = await open(one, '/usage');
  assert.equal(reply.status, 429);
  const { error } = ErrorBody.parse(await reply.json());
  assert.equal(error.code, 'too_many_open');
  assert.match(`${error.message} ${error.remedy}`, /2 event streams .*limits\.streams/);
  assert.equal((await open(bender, '/usage')).reply.status, 200);
  first.stop.abort();
  await eventually(() => api.context.sessions.connections.of('fry').streams === 1 || undefined);
  assert.equal((await open(one, '/usage')).reply.status, 200);
});

test('what a session had open counts no longer when the session ends', async (t) => {
  const { api, open } = await stage(t);
  const token = await api.login('fry');
  await open(token, '/usage');
  assert.equal(api.context.sessions.connections.of('fry').streams, 1);
  await api.app.inject({ method: 'DELETE', url: '/api/v1/session', headers: { authorization: `Bearer ${token}` } });
  await eventually(() => api.context.sessions.connections.of('fry').streams === 0 || undefined);
});

test('a user who runs too many apps gets 429 like everybody who has too much open', async () => {
  await using stage = await debugStage({ launchesPerUser: 1 });
  await stage.fry.startDesktop();
  await stage.fry.launch();
  const refused = await stage.fry.refusal('POST', '/launches', { app: 'game' });
  assert.deepEqual([refused.status, refused.code], [429, 'too_many_open']);
  assert.match(`${refused.message} ${refused.remedy}`, /1 of your apps .*launches\.perUser/);
});
