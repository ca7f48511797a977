/** Listening through the gateway, with a sound server that speaks PulseAudio's protocol: admission, frames, notices, ends. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { Command } from '#gateway/sound/pulse-messages.ts';
import { type Sounds } from '#gateway/sound/sounds.ts';
import { CloseCode } from '#protocol/screen.ts';
import { FrameFlag, MAX_UNHEARD_FRAMES } from '#protocol/sound-frames.ts';
import { CLAIMS } from '../../../fixtures/ticket-claims.ts';

import { COOKIE, listening, LOUD, Page, play, QUIET, soon, SOUND_CLAIMS, stage, startTone } from './sounds-kit.ts';
test('a ticket without the right to the sound, or without the service, opens nothing', async (t) => {
  for (const [claims, status] of [
    [CLAIMS, 403],
    [{ ...SOUND_CLAIMS, rights: { ...CLAIMS.rights, microphone: false } }, 403],
    [{ ...CLAIMS, rights: SOUND_CLAIMS.rights }, 503],
  ] as const) {
    const { url, servers } = await stage(t, claims);
    const ws = new WebSocket(url, ['binary', 'deskpod.ticket.x']);
    ws.on('error', () => {});
    const [, response] = await once(ws, 'unexpected-response');
    assert.equal(response.statusCode, status);
    assert.equal(servers.length, 0);
  }
});

test('a page learns what plays, and hears nothing until it says in which form', async (t) => {
  const at = await stage(t);
  const page = new Page(t, at.url);
  await page.until(() => page.playing !== null);
  const [server] = at.servers;
  assert.ok(server);
  startTone(server);
  await page.until(() => page.playing?.length === 1);
  assert.deepEqual(page.notices.at(-1), {
    kind: 'playing',
    inputs: [{ index: 3, program: 'Tone', title: 'A', pid: 42, machine: 'desk', volume: 1, muted: false }],
  });
  assert.ok(server.recordingPaused);
  page.send({ kind: 'listen', codec: 'pcm' });
  await play(server, 2);
  await page.until(() => page.frames.length === 2);
  assert.deepEqual(
    page.frames.map(({ sequence, flags, content }) => [sequence, flags, content.equals(LOUD)]),
    [
      [0, FrameFlag.start | FrameFlag.pcm, true],
      [1, FrameFlag.pcm, true],
    ],
  );
});

test('silence is not sent, and a program that is paused does not play', async (t) => {
  const at = await stage(t);
  const { page, server } = await listening(t, at);
  startTone(server, { paused: true });
  startTone(server);
  await page.until(() => page.playing?.length === 1);
  await play(server, 1);
  await play(server, 300, QUIET);
  await play(server, 1);
  await page.until(() => page.frames.length === 52);
  assert.deepEqual(
    page.frames.filter(({ flags }) => flags & FrameFlag.start).map(({ sequence }) => sequence),
    [0, 51],
  );
});

test('a muted page gets no frames, and nothing is recorded if nobody else listens', async (t) => {
  const at = await stage(t);
  const { page, server } = await listening(t, at, 'opus');
  startTone(server);
  await play(server, 1);
  await page.until(() => page.frames.length === 1);
  assert.equal(page.frames[0]?.flags, FrameFlag.start);
  assert.ok((page.frames[0]?.content.length ?? 0) < 400);
  page.send({ kind: 'listen', codec: 'none' });
  await soon(() => server.recordingPaused);
  page.send({ kind: 'listen', codec: 'opus' });
  await play(server, 1);
  await page.until(() => page.frames.length === 2);
});

test('a service that no program has started is not started to listen to it', async (t) => {
  const started = Promise.withResolvers<void>();
  const { url, servers } = await stage(t, SOUND_CLAIMS, COOKIE, started.promise);
  const page = new Page(t, url);
  await page.until(() => page.notices.some((notice) => notice.kind === 'service' && notice.up));
  assert.equal(servers.length, 0);
  started.resolve();
  await page.until(() => page.playing !== null);
  assert.equal(servers.length, 1);
});

test('pages of one desktop share a connection, which ends with the last', async (t) => {
  const at = await stage(t);
  const { page: first, server } = await listening(t, at);
  const { page: second } = await listening(t, at);
  assert.equal(at.servers.length, 1);
  startTone(server);
  await play(server, 1);
  await Promise.all([first, second].map((page) => page.until(() => page.frames.length === 1)));
  first.ws.close();
  await first.closed;
  assert.equal(server.stream.destroyed, false);
  second.ws.close();
  await once(server.stream, 'close');
});

test('a page that does not report what it heard misses frames, and continues when it does', async (t) => {
  const at = await stage(t);
  const { page, server } = await listening(t, at);
  startTone(server);
  await play(server, MAX_UNHEARD_FRAMES + 40);
  await page.until(() => page.frames.length === MAX_UNHEARD_FRAMES);
  page.send({ kind: 'heard', sequence: 5_000 });
  page.send({ kind: 'heard', sequence: MAX_UNHEARD_FRAMES - 1 });
  // Answered in order: what was sent before has arrived.
  page.send({ kind: 'volume', index: 3, volume: 0.5 });
  await page.until(() => page.playing?.[0] === 'Tone 0.5');
  await play(server, 1);
  await page.until(() => page.frames.length === MAX_UNHEARD_FRAMES + 1);
  const last = page.frames.at(-1);
  assert.deepEqual([last?.sequence, last?.flags], [MAX_UNHEARD_FRAMES, FrameFlag.start | FrameFlag.pcm]);
});

test('volume and mute of one program', async (t) => {
  const at = await stage(t);
  const { page, server } = await listening(t, at);
  startTone(server);
  await page.until(() => page.playing?.[0] === 'Tone 1');
  page.send({ kind: 'volume', index: 3, volume: 1.5 });
  await page.until(() => page.playing?.[0] === 'Tone 1.5');
  page.send({ kind: 'mute', index: 3, muted: true });
  await page.until(() => page.playing?.[0] === 'Tone 1.5 muted');
});

test('a message that is not part of the protocol ends the connection', async (t) => {
  const at = await stage(t);
  for (const message of ['{"kind":"volume","index":3,"volume":99}', 'x', `"${'x'.repeat(2000)}"`, Buffer.alloc(3)]) {
    const { page } = await listening(t, at);
    page.ws.send(message);
    assert.equal(await page.closed, CloseCode.protocol);
  }
});

test('when the service restarts, pages are told and hear it again', async (t) => {
  const at = await stage(t);
  const { page, server } = await listening(t, at);
  startTone(server);
  await play(server, 1);
  await page.until(() => page.frames.length === 1);
  server.stream.destroy();
  await page.until(() => page.notices.some((notice) => notice.kind === 'service' && !notice.up));
  assert.match(at.log[0] ?? '', /a sound service is lost .*hermes-0a1b2/);
  await page.until(() => page.notices.filter((notice) => notice.kind === 'service' && notice.up).length === 2);
  const again = at.servers[1];
  assert.ok(again);
  await play(again, 1);
  await page.until(() => page.frames.length === 2);
});

test('a service that refuses the cookie is reported with the reason, once in the log', async (t) => {
  const at = await stage(t, SOUND_CLAIMS, randomBytes(256));
  const page = new Page(t, at.url);
  const refusals = () => page.notices.filter((notice) => notice.kind === 'service' && !notice.up);
  await page.until(() => refusals().length >= 2);
  assert.deepEqual(refusals()[0], {
    kind: 'service',
    up: false,
    reason: 'The sound server refused a request: access denied.',
  });
  assert.equal(at.log.length, 1);
});

test('logging out, the end of the desktop and of the server close the page with the reason', async (t) => {
  const ends = [
    [(sounds: Sounds) => sounds.closeSession('s1'), CloseCode.sessionEnded],
    [(sounds: Sounds) => sounds.closeUser('hermes', new Date()), CloseCode.sessionEnded],
    [(sounds: Sounds) => sounds.closeDesktop(CLAIMS.desktopId), CloseCode.desktopGone],
    [(sounds: Sounds) => void sounds.close(), CloseCode.serverStopping],
  ] as const;
  for (const [end, code] of ends) {
    const at = await stage(t);
    const { page, server } = await listening(t, at);
    end(at.sounds);
    assert.equal(await page.closed, code);
    if (!server.stream.destroyed) await once(server.stream, 'close');
    assert.ok(server.commands.includes(Command.auth));
  }
});
