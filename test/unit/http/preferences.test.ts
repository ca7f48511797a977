/** The apps in a user's dock: their own pins, or those of the administrator. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeApi } from '../../fakes/api.ts';

test('until a user pins apps, the dock has those of the configuration, without unknown ones', async () => {
  await using api = await fakeApi({ dock: ['game', 'no such app'] });
  const headers = { authorization: `Bearer ${await api.login('fry')}` };
  const get = async () => (await api.app.inject({ url: '/api/v1/preferences', headers })).json();
  assert.deepEqual((await get()).dock, ['localhost/deskpod/game:1']);
  const own = {
    theme: 'dark',
    dock: ['mine'],
    dockHidden: false,
    printDialog: true,
    offerDownloads: true,
    openWith: {},
    language: 'system',
    picture: 'sharp',
    touch: 'trackpad',
    scale: 'auto',
  };
  await api.app.inject({ method: 'PUT', url: '/api/v1/preferences', headers, payload: own });
  assert.deepEqual(await get(), own);
});

test("other preferences do not affect the administrator's dock, and an emptied dock stays empty", async () => {
  await using api = await fakeApi({ dock: ['game'] });
  const headers = { authorization: `Bearer ${await api.login('fry')}` };
  const get = async () => (await api.app.inject({ url: '/api/v1/preferences', headers })).json();
  const put = async (changed: object) =>
    await api.app.inject({
      method: 'PUT',
      url: '/api/v1/preferences',
      headers,
      payload: { ...(await get()), ...changed },
    });
  await put({ theme: 'dark' });
  const { ownDock, dock } = await api.context.store.preferences.get('fry');
  assert.deepEqual([ownDock, dock], [false, []]);
  assert.deepEqual((await get()).dock, ['localhost/deskpod/game:1']);
  await put({ dock: [] });
  await put({ theme: 'light' });
  assert.deepEqual(await get(), {
    theme: 'light',
    dock: [],
    dockHidden: false,
    printDialog: true,
    offerDownloads: true,
    openWith: {},
    language: 'system',
    picture: 'auto',
    touch: 'direct',
    scale: 'auto',
  });
});

test('the time measured by the browser must be a number', async () => {
  await using api = await fakeApi();
  const headers = { authorization: `Bearer ${await api.login('fry')}` };
  const post = async (payload: object) =>
    (await api.app.inject({ method: 'POST', url: '/api/v1/desktop/first-pixel', headers, payload })).statusCode;
  assert.equal(await post({ ms: 'soon' }), 400);
  assert.equal(await post({ ms: 812 }), 204);
});

test('what a user stores is bounded: 64 KiB, 64 apps, and 512 characters for each', async () => {
  await using api = await fakeApi();
  const headers = { authorization: `Bearer ${await api.login('fry')}` };
  const put = async (payload: object) =>
    (await api.app.inject({ method: 'PUT', url: '/api/v1/preferences', headers, payload })).statusCode;
  const apps = Array.from({ length: 64 }, (_, index) => `${index}`.padEnd(512, 'x'));
  assert.equal(await put({ dock: apps }), 200);
  assert.equal(await put({ dock: [...apps, 'another'] }), 400);
  assert.equal(await put({ dock: ['x'.repeat(513)] }), 400);
  assert.equal(await put({ dock: [], more: 'x'.repeat(64 * 1024) }), 413);
});

test('the variables of a launch are bounded: 256, and 131072 characters of names and values', async () => {
  await using api = await fakeApi();
  const headers = { authorization: `Bearer ${await api.login('fry')}` };
  const launch = async (env: Record<string, string>) =>
    (await api.app.inject({ method: 'POST', url: '/api/v1/launches', headers, payload: { app: 'game', env } }))
      .statusCode;
  const many = (count: number, value: string) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`V${index}`, value]));
  // Accepted as a request: there is no desktop.
  assert.equal(await launch(many(256, '1')), 409);
  assert.equal(await launch(many(257, '1')), 400);
  assert.equal(await launch(many(5, 'x'.repeat(30_000))), 400);
});
