/** What a page with a ticket gets of an encoder, and what ends it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type Duplex, duplexPair } from 'node:stream';
import { test, type TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { z } from 'zod';
import type { TicketClaims } from '#domain/ports/auth.ts';
import { bytesOf } from '#gateway/message-bytes.ts';
import { routeUpgrades } from '#gateway/upgrade.ts';
import { createVideos } from '#gateway/video/videos.ts';
import { CloseCode } from '#protocol/screen.ts';
import { MAX_VIDEOS, VIDEO_PATH, type VideoMessage } from '#protocol/video.ts';
import { gdpBuffer, gdpCaps } from '../../../fixtures/gdp.ts';
import { CLAIMS } from '../../../fixtures/ticket-claims.ts';

const KEY = 'ab'.repeat(32);
const RIGHTS = { screen: 'none', clipboardIn: false, clipboardOut: false } as const;
const VIDEO_CLAIMS: TicketClaims = {
  ...CLAIMS,
  video: { endpoint: null, credential: KEY },
  rights: { ...RIGHTS, video: true },
};
const SHOW: VideoMessage = {
  kind: 'show',
  area: { x: 10, y: 20, width: 640, height: 360 },
  fps: 30,
  codec: 'h264-444',
};

async function stage(t: TestContext, claims: TicketClaims = VIDEO_CLAIMS) {
  const encoders: Duplex[] = [];
  const connections: Duplex[] = [];
  const log: string[] = [];
  const videos = createVideos({
    tickets: { verify: async () => ({ ...claims, expiresAt: new Date() }) },
    allowedOrigin: () => true,
    connect: async () => {
      const [ours, theirs] = duplexPair();
      encoders.push(theirs);
      connections.push(ours);
      return ours;
    },
    events: { warn: (message, fields) => log.push(`${message} ${JSON.stringify(fields)}`) },
  });
  const http = createServer();
  const routes = routeUpgrades(http, [{ path: VIDEO_PATH, handle: videos.handleUpgrade.bind(videos) }]);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = z.object({ port: z.number() }).parse(http.address());
  t.after(async () => {
    await videos.close();
    routes.close();
    http.close();
  });
  return { url: `ws://127.0.0.1:${port}${VIDEO_PATH}`, videos, encoders, connections, log };
}

async function pageAt(url: string): Promise<WebSocket> {
  const page = new WebSocket(url, ['binary', 'deskpod.ticket.x']);
  await once(page, 'open');
  return page;
}

function says(page: WebSocket, message: VideoMessage): void {
  page.send(JSON.stringify(message));
}

async function closing(page: WebSocket): Promise<number> {
  return z
    .tuple([z.number()])
    .rest(z.unknown())
    .parse(await once(page, 'close'))[0];
}

async function line(encoder: Duplex): Promise<string> {
  return String(await once(encoder, 'data'));
}

async function encoderOf({ url, encoders }: { url: string; encoders: Duplex[] }) {
  const page = await pageAt(url);
  says(page, SHOW);
  while (encoders.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const [encoder] = encoders;
  assert.ok(encoder);
  return { page, encoder, asked: await line(encoder) };
}

test('an encoder is asked for the rectangle with its key, and its frames are messages with a head', async (t) => {
  const { page, encoder, asked } = await encoderOf(await stage(t));
  assert.equal(asked, `${KEY} 10 20 640 360 30 h264-444\n`);
  const frames: Buffer[] = [];
  page.on('message', (data) => frames.push(bytesOf(data)));
  encoder.write(gdpCaps('video/x-h264'));
  encoder.write(gdpBuffer({ isKey: true, ms: 0, data: Buffer.from('first') }));
  encoder.write(gdpBuffer({ isKey: false, ms: 70_000, data: Buffer.from('second') }));
  while (frames.length < 2) await once(page, 'message');
  assert.deepEqual(frames, [
    Buffer.concat([Buffer.from([0, 0, 0, 1, 0, 0, 0, 0]), Buffer.from('first')]),
    Buffer.concat([Buffer.from([0, 1, 0, 0, 0, 1, 0x11, 0x70]), Buffer.from('second')]),
  ]);
});

test('a page that decodes nothing gets a few frames, and the next ones when it has decoded these', async (t) => {
  const { page, encoder } = await encoderOf(await stage(t));
  const frames: Buffer[] = [];
  page.on('message', (data) => frames.push(bytesOf(data)));
  const pictures = setInterval(() => encoder.write(gdpBuffer({ isKey: false, ms: 0, data: Buffer.alloc(70_000) })), 1);
  t.after(() => clearInterval(pictures));
  // The encoder's own buffer is full when it can't write.
  while (!encoder.writableNeedDrain || frames.length < 4) await new Promise((resolve) => setTimeout(resolve, 1));
  const before = frames.length;
  assert.ok(before < 8, `${before} frames`);
  says(page, { kind: 'decoded', sequence: before - 1 });
  await once(page, 'message');
  assert.equal(frames.length, before + 1);
});

test('a page that leaves ends its encoder, and an encoder that ends closes its page', async (t) => {
  const there = await stage(t);
  const one = await encoderOf(there);
  const [connection] = there.connections;
  assert.ok(connection);
  one.page.close();
  await once(connection, 'close');
  there.encoders.length = 0;
  const other = await encoderOf(there);
  other.encoder.end();
  assert.equal(await closing(other.page), CloseCode.screenLost);
  assert.match(there.log.join(), /a video ended .*the encoder ended/);
});

test('an encoder that sends something else closes the page', async (t) => {
  const { page, encoder } = await encoderOf(await stage(t));
  encoder.write(Buffer.alloc(100, 0x41));
  assert.equal(await closing(page), CloseCode.screenLost);
});

test('a page that says something else, or too much, is closed', async (t) => {
  const { url } = await stage(t);
  const odd = { ...SHOW, area: { x: 1, y: 0, width: 640, height: 360 } };
  const messages = [
    '',
    '{}',
    JSON.stringify(odd),
    JSON.stringify({ ...SHOW, fps: 31 }),
    'x'.repeat(300),
    Buffer.from([1]),
  ];
  for (const message of messages) {
    const page = await pageAt(url);
    page.send(message);
    assert.equal(await closing(page), CloseCode.protocol);
  }
  const twice = await pageAt(url);
  says(twice, SHOW);
  says(twice, SHOW);
  assert.equal(await closing(twice), CloseCode.protocol);
});

test('only tickets for the video open it, and only so many at a time', async (t) => {
  for (const claims of [CLAIMS, { ...VIDEO_CLAIMS, rights: RIGHTS }]) {
    const { url } = await stage(t, claims);
    const refused = new WebSocket(url, ['binary', 'deskpod.ticket.x']);
    await assert.rejects(once(refused, 'open'), /403/);
  }
  const { url } = await stage(t);
  await Promise.all(Array.from({ length: MAX_VIDEOS }, () => pageAt(url)));
  const refused = new WebSocket(url, ['binary', 'deskpod.ticket.x']);
  await assert.rejects(once(refused, 'open'), /429|409|503/);
});

test('the end of the session or of the desktop is that of its videos', async (t) => {
  const { url, videos } = await stage(t);
  const [one, other] = [await pageAt(url), await pageAt(url)];
  videos.closeSession('someone else');
  videos.closeSession(VIDEO_CLAIMS.sessionId);
  assert.deepEqual(await Promise.all([closing(one), closing(other)]), [CloseCode.sessionEnded, CloseCode.sessionEnded]);
  const third = await pageAt(url);
  videos.closeDesktop(VIDEO_CLAIMS.desktopId);
  assert.equal(await closing(third), CloseCode.desktopGone);
});
