/** Who gets a ticket for the video of their desktop. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeApi } from '../../fakes/api.ts';
import { eventually } from '../../fakes/launches.ts';

async function asked(video: boolean, services: { readonly video?: null }) {
  await using api = await fakeApi({ video });
  api.engine.services = services;
  const token = await api.login('fry');
  const ask = (url: string, payload: object) =>
    api.app.inject({ method: 'POST', url: `/api/v1${url}`, payload, headers: { authorization: `Bearer ${token}` } });
  await ask('/desktop', {});
  await eventually(() => api.context.desktops.runningOrNull('fry') ?? undefined);
  const answer = await ask('/desktop/ticket', { service: 'video' });
  const claims = answer.statusCode === 200 ? await api.context.tickets.verify(answer.json().token) : null;
  const { videoKey } = await api.engine.credentials();
  return { code: answer.json().error?.code, claims, videoKey };
}

test('a ticket for the video has its key, and no right to anything else', async () => {
  const { claims, videoKey } = await asked(true, { video: null });
  assert.deepEqual(claims?.video, { endpoint: null, credential: videoKey });
  assert.deepEqual(claims?.rights, { screen: 'none', clipboardIn: false, clipboardOut: false, video: true });
  assert.equal(claims?.vncPassword, '');
});

test('without the service, or where video is switched off, there is none', async () => {
  assert.equal((await asked(true, {})).code, 'service_unavailable');
  assert.equal((await asked(false, { video: null })).code, 'forbidden');
});
