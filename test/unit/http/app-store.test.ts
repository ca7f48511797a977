/** The app store over HTTP: its list, its stream, and who is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppStoreList } from '#protocol/app-store.ts';
import { ErrorBody } from '#protocol/errors.ts';
import { type FakeApi, fakeApi } from '../../fakes/api.ts';
import { eventually } from '../../fakes/launches.ts';

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const LOCAL = bearer('the-local-token-of-the-test');

function post({ app }: FakeApi, verb: string, headers: Record<string, string>, more: object = {}) {
  return app.inject({ method: 'POST', url: `/api/v1/apps/${verb}`, headers, payload: { app: 'sketch', ...more } });
}

async function store({ app }: FakeApi, headers: Record<string, string>): Promise<AppStoreList> {
  return AppStoreList.parse((await app.inject({ url: '/api/v1/apps/store', headers })).json());
}

const listed = async ({ app }: FakeApi, headers: Record<string, string>): Promise<string[]> => {
  const { apps } = (await app.inject({ url: '/api/v1/apps', headers })).json();
  return apps.map(({ name }: { name: string }) => name).toSorted();
};

test('an administrator installs an optional app, which all users then have, and removes it', async () => {
  await using api = await fakeApi();
  const fry = bearer(await api.login('fry'));
  assert.deepEqual(await listed(api, fry), ['game']);
  assert.equal((await post(api, 'install', LOCAL)).statusCode, 202);
  await eventually(async () => ((await listed(api, fry)).includes('sketch') ? true : undefined));
  assert.equal((await post(api, 'remove', LOCAL)).statusCode, 204);
  assert.deepEqual(await listed(api, fry), ['game']);
  assert.equal((await post(api, 'install', LOCAL)).statusCode, 202);
});

test('a user without the right is told why, for each verb, and sees it in the list', async () => {
  await using api = await fakeApi();
  const fry = bearer(await api.login('fry'));
  const { rights, apps } = await store(api, fry);
  assert.equal(rights, 'none');
  assert.deepEqual(apps.find(({ name }) => name === 'sketch')?.may, { install: false, update: false, remove: false });
  for (const verb of ['install', 'update', 'remove']) {
    const reply = await post(api, verb, fry);
    assert.equal(reply.statusCode, 403, verb);
    assert.match(ErrorBody.parse(reply.json()).error.message, /^Only administrators can /);
  }
  assert.equal((await post(api, 'install', { 'x-deskpod': '1' })).statusCode, 401);
});

test('where everybody can install, a user removes what they installed and no more; a guest installs nothing', async () => {
  await using api = await fakeApi({ installs: 'everybody' });
  const [fry, amy] = [bearer(await api.login('fry')), bearer(await api.login('amy'))];
  assert.equal((await post(api, 'install', fry)).statusCode, 202);
  await eventually(async () => ((await listed(api, amy)).includes('sketch') ? true : undefined));
  const mine = async (who: Record<string, string>) =>
    (await store(api, who)).apps.find(({ name }) => name === 'sketch')?.installedBy;
  assert.deepEqual([await mine(fry), await mine(amy), await mine(LOCAL)], ['fry', null, 'fry']);
  assert.equal((await post(api, 'remove', amy)).statusCode, 403);
  assert.equal((await post(api, 'remove', fry, { app: 'game' })).statusCode, 403);
  assert.equal((await post(api, 'remove', fry)).statusCode, 204);
  const guest = await api.app.inject({
    method: 'POST',
    url: '/api/v1/session',
    payload: { provider: 'anonymous' },
    headers: { 'x-deskpod': '1' },
  });
  assert.equal((await post(api, 'install', bearer(guest.json().token))).statusCode, 403);
});

test('the icon of an app that is not installed is there, and an unknown app is not', async () => {
  await using api = await fakeApi();
  const fry = bearer(await api.login('fry'));
  const picture = await api.app.inject({ url: '/api/v1/apps/picture?app=sketch', headers: fry });
  assert.equal(picture.statusCode, 404);
  const reply = await post(api, 'install', fry, { app: 'nothing' });
  assert.equal(reply.statusCode, 404);
});
