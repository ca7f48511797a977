/** The web app manifest of one app: for those who may start it, with its own name and address. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { appManifest } from '#domain/catalogue/app-manifest.ts';
import { fakeApi } from '../../fakes/api.ts';

test('a user installs an app that they can start, and nobody else learns about it', async () => {
  await using api = await fakeApi();
  const headers = { authorization: `Bearer ${await api.login('fry')}` };
  const ask = async (app: string, who: Record<string, string>) =>
    api.app.inject({ url: `/api/v1/apps/manifest?app=${app}`, headers: who });
  const found = await ask('game', headers);
  assert.equal(found.statusCode, 200);
  assert.match(String(found.headers['content-type']), /^application\/manifest\+json/);
  const { start_url: start, scope, display } = found.json();
  assert.deepEqual([start, scope, display], ['/app/game', '/app/game', 'standalone']);
  assert.equal((await ask('game', {})).statusCode, 401);
  assert.equal((await ask('nothing', headers)).statusCode, 404);
});

test('addresses have the prefix of the installation; a picture of its own replaces the icon of the product', async () => {
  await using api = await fakeApi();
  const document = await api.context.catalogue.startable('game', null);
  const plain = appManifest({ ...document, icondata: null }, '/desk/');
  assert.deepEqual(plain['icons'], [
    { src: '/desk/icon-192.png', sizes: '192x192', type: 'image/png' },
    { src: '/desk/icon-512.png', sizes: '512x512', type: 'image/png' },
  ]);
  assert.equal('file_handlers' in plain, false);
  const opening = { ...document, mimetype: ['image/png'], fileextensions: ['webp'] };
  const { file_handlers: handlers } = appManifest(opening, '/desk/');
  const accept = { 'image/webp': ['.webp'], 'image/png': ['.png'] };
  assert.deepEqual(handlers, [{ action: '/desk/app/game', accept }]);
  const icondata = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>').toString('base64');
  const [icon] = Object.values(appManifest({ ...document, icondata }, '/desk/')['icons'] ?? {});
  assert.match(icon.src, /^\/desk\/api\/v1\/apps\/icon\?app=/);
  assert.deepEqual([icon.sizes, icon.type], ['any', 'image/svg+xml']);
});
