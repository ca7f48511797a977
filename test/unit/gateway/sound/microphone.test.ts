/** The microphone at the gateway: who is heard, when, by which programs, and what a page can't do. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { TicketClaims } from '#domain/ports/auth.ts';
import { CLIENT_NAME } from '#gateway/sound/pulse-messages.ts';
import { CloseCode } from '#protocol/screen.ts';
import { MAX_SPOKEN_BYTES } from '#protocol/sound-frames.ts';
import type { FakePulseServer } from '../../../fakes/pulse-server.ts';
import { DEVICES, type FakeOutput } from '../../../fakes/pulse-server.ts';

import { listening, soon, SOUND_CLAIMS, stage, startTone } from './sounds-kit.ts';
const SPEAKING: TicketClaims = { ...SOUND_CLAIMS, rights: { ...SOUND_CLAIMS.rights, microphone: true } };
const SAID = Buffer.alloc(MAX_SPOKEN_BYTES, 0x20);

function startRecorder(server: FakePulseServer, more: Partial<FakeOutput> = {}): void {
  const properties = { 'application.name': 'Recorder', 'application.process.id': '42' };
  server.outputs.push({ index: 9, title: 'B', properties, paused: false, ...more });
  server.change();
}

async function speaking(t: TestContext, claims = SPEAKING) {
  const at = await stage(t, claims);
  const { page, server } = await listening(t, at);
  return { at, page, server };
}

test('a page learns which programs record the microphone; mixers that show its level do not', async (t) => {
  const { page, server } = await speaking(t);
  await page.until(() => page.recorders === '');
  startRecorder(server, { method: 'peaks' });
  startRecorder(server, { device: 0 });
  startRecorder(server, { paused: true });
  startRecorder(server);
  await page.until(() => page.recorders === 'Recorder');
  assert.deepEqual(page.notices[0], { kind: 'rights', output: true, microphone: true });
  server.outputs.length = 0;
  server.change();
  await page.until(() => page.recorders === '');
});

test('programs record what a page says, until they end', async (t) => {
  const { at, page, server } = await speaking(t);
  page.send({ kind: 'speak', codec: 'pcm' });
  page.ws.send(SAID);
  await page.until(() => page.speaker === 'you');
  assert.equal(server.played, null, 'nobody records');
  startRecorder(server);
  await soon(() => server.played !== null);
  page.ws.send(SAID);
  await soon(() => server.played?.length === 1);
  assert.deepEqual(server.played?.[0], SAID);
  assert.equal(page.playing?.length, 0, 'the microphone itself is not heard');
  server.outputs.length = 0;
  server.change();
  await page.until(() => page.speaker === 'nobody');
  await soon(() => server.played === null);
  assert.deepEqual(at.log, ['on hermes hermes-0a1b2 ', 'off hermes hermes-0a1b2']);
});

test('what comes faster than it is heard is left out', async (t) => {
  const { page, server } = await speaking(t);
  startRecorder(server);
  await page.until(() => page.recorders === 'Recorder');
  page.send({ kind: 'speak', codec: 'pcm' });
  await soon(() => server.played !== null);
  for (let sent = 0; sent < 20; sent++) page.ws.send(SAID);
  page.send({ kind: 'speak', codec: 'none' });
  const { played } = server;
  await soon(() => server.played === null);
  assert.equal(played?.length, 6, 'at most 120 ms wait');
});

test('the page that spoke last is heard, of this gateway or another one', async (t) => {
  const { at, page: first, server } = await speaking(t);
  const { page: second } = await listening(t, at);
  startRecorder(server);
  first.send({ kind: 'speak', codec: 'opus' });
  await first.until(() => first.speaker === 'you');
  await second.until(() => second.speaker === 'another');
  second.send({ kind: 'speak', codec: 'pcm' });
  await first.until(() => first.speaker === 'another');
  await second.until(() => second.speaker === 'you');
  await soon(() => server.played !== null);
  const properties = { 'application.name': CLIENT_NAME };
  const more = { title: '', volume: 65_536, muted: false, paused: false, device: DEVICES['microphone_in'] ?? 0 };
  server.inputs.push({ index: 999, properties, ...more });
  server.change();
  await second.until(() => second.speaker === 'another');
  second.ws.close();
  first.ws.close();
  await Promise.all([first.closed, second.closed]);
});

test('without the right, speaking ends the connection; so does what is not a microphone', async (t) => {
  const { page: mute } = await speaking(t, SOUND_CLAIMS);
  mute.send({ kind: 'speak', codec: 'opus' });
  assert.equal(await mute.closed, CloseCode.protocol);
  for (const message of [Buffer.alloc(MAX_SPOKEN_BYTES + 1), Buffer.alloc(7)]) {
    const { page, server } = await speaking(t);
    startRecorder(server);
    page.send({ kind: 'speak', codec: 'pcm' });
    page.ws.send(message);
    assert.equal(await page.closed, CloseCode.protocol);
  }
});

test('with the right to speak only, nothing is heard', async (t) => {
  const rights = { ...SPEAKING.rights, sound: false };
  const { page, server } = await speaking(t, { ...SPEAKING, rights });
  startTone(server);
  await page.until(() => page.playing?.length === 1);
  assert.deepEqual(page.notices[0], { kind: 'rights', output: false, microphone: true });
  assert.ok(server.recordingPaused);
});

test('a desktop of an older version has no microphone, and is heard all the same', async (t) => {
  const at = await stage(t, SPEAKING);
  at.missing.add('microphone');
  const { page, server } = await listening(t, at);
  startRecorder(server);
  startTone(server);
  await page.until(() => page.playing?.length === 1);
  assert.equal(page.recorders, '');
});
