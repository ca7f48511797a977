/** The ticket for files: a cookie for `/files/` only, with the rights of the settings and the room that is left. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LightMyRequestResponse } from 'fastify';
import { ErrorBody } from '#protocol/errors.ts';
import { FilesSession } from '#protocol/files.ts';
import { fakeApi, type FakeApi } from '../../fakes/api.ts';

async function withDesktop(api: FakeApi): Promise<{ ask: () => Promise<LightMyRequestResponse> }> {
  const authorization = `Bearer ${await api.login('fry')}`;
  const headers = { authorization, 'x-deskpod': '1' };
  await api.app.inject({ method: 'POST', url: '/api/v1/desktop', payload: {}, headers });
  await api.context.desktops.settled(AbortSignal.timeout(10_000));
  const ask = () => api.app.inject({ method: 'POST', url: '/api/v1/desktop/files', headers });
  return { ask };
}

test('the ticket is a cookie that scripts can’t read, and opens files but no screen', async () => {
  await using api = await fakeApi({
    files: { upload: true, download: false, webdav: true, maxUploadBytes: 1000, maxDownloadBytes: null },
  });
  api.engine.services = { files: { host: '10.0.0.7', port: 29_783 } };
  const { ask } = await withDesktop(api);
  const reply = await ask();
  assert.equal(reply.statusCode, 200);
  const session = FilesSession.parse(reply.json());
  assert.deepEqual(session.upload, { allowed: true, maxBytes: 1000 });
  assert.deepEqual(session.download, { allowed: false, maxBytes: null });
  const [cookie] = reply.cookies;
  assert.equal(cookie?.name, `${api.context.cookieName}_files`);
  assert.deepEqual([cookie?.path, cookie?.httpOnly, cookie?.sameSite], ['/files/', true, 'Strict']);
  assert.ok((cookie?.maxAge ?? 0) > 400 && (cookie?.maxAge ?? 0) <= 420);
  assert.ok((cookie?.value.length ?? 0) < 4000);
  const claims = await api.context.tickets.verify(cookie?.value ?? '');
  assert.deepEqual([claims?.rights.screen, claims?.vncPassword], ['none', '']);
  assert.deepEqual(claims?.files?.endpoint, { host: '10.0.0.7', port: 29_783 });
});

test('a page is told the room that is left in the home folder, and the gateway gets it with its age that is left in the home folder', async () => {
  await using api = await fakeApi();
  api.engine.services = { files: null };
  const { ask } = await withDesktop(api);
  const { limitBytes } = api.context.homeSizes;
  api.engine.homeBytesById.set(api.context.desktops.running('fry').id, limitBytes - 10);
  const reply = await ask();
  const session = FilesSession.parse(reply.json());
  assert.deepEqual(session.space, { usedBytes: limitBytes - 10, limitBytes });
  assert.deepEqual(session.upload, { allowed: true, maxBytes: 10 });
  const claims = await api.context.tickets.verify(reply.cookies[0]?.value ?? '');
  const { maxBytes, room } = claims?.rights.upload ?? {};
  assert.deepEqual([maxBytes, room?.bytes], [null, 10]);
  assert.ok(Math.abs(Date.now() - (room?.measuredAt ?? 0)) < 60_000);
});

test('a desktop without the service has no files', async () => {
  await using api = await fakeApi();
  const { ask } = await withDesktop(api);
  const reply = await ask();
  assert.deepEqual([reply.statusCode, ErrorBody.parse(reply.json()).error.code], [503, 'service_unavailable']);
});
