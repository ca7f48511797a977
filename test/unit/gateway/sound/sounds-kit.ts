/** Pages, a gateway, and a sound server that speaks PulseAudio's protocol. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { duplexPair } from 'node:stream';
import { type TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { z } from 'zod';
import type { TicketClaims } from '#domain/ports/auth.ts';
import { bytesOf } from '#gateway/message-bytes.ts';
import { FRAME_BYTES } from '#gateway/sound/opus.ts';
import { createSounds, type Sounds } from '#gateway/sound/sounds.ts';
import { routeUpgrades } from '#gateway/upgrade.ts';
import { FRAME_HEADER_BYTES } from '#protocol/sound-frames.ts';
import { type ListenerMessage, SOUND_PATH, SoundNotice } from '#protocol/sound.ts';
import { FakePulseServer } from '../../../fakes/pulse-server.ts';
import { CLAIMS } from '../../../fixtures/ticket-claims.ts';

export const COOKIE = randomBytes(256);
export const SOUND_CLAIMS: TicketClaims = {
  ...CLAIMS,
  sound: { endpoint: null, credential: COOKIE.toString('base64') },
  rights: { screen: 'none', clipboardIn: false, clipboardOut: false, sound: true },
};
export const LOUD = Buffer.alloc(FRAME_BYTES, 0x20);
export const QUIET = Buffer.alloc(FRAME_BYTES);

export interface Stage {
  readonly url: string;
  readonly sounds: Sounds;
  /** One per connection to the sound service, in order. */
  readonly servers: FakePulseServer[];
  readonly log: string[];
  /** Devices that sound servers don't have. */
  readonly missing: Set<string>;
}

export async function stage(
  t: TestContext,
  claims: TicketClaims = SOUND_CLAIMS,
  cookie = COOKIE,
  runs: Promise<void> = Promise.resolve(),
): Promise<Stage> {
  const servers: FakePulseServer[] = [];
  const log: string[] = [];
  const missing = new Set<string>();
  const sounds = createSounds({
    tickets: { verify: async () => ({ ...claims, expiresAt: new Date() }) },
    allowedOrigin: () => true,
    runs: () => runs,
    connect: async () => {
      const [ours, theirs] = duplexPair();
      const server = new FakePulseServer(theirs, cookie);
      for (const name of missing) server.missing.add(name);
      server.inputs.push(...(servers.at(-1)?.inputs ?? []));
      servers.push(server);
      return ours;
    },
    events: {
      warn: (message, fields) => log.push(`${message} ${JSON.stringify(fields)}`),
      microphoneOn: (user, desktop, programs) => log.push(`on ${user} ${desktop} ${programs.join()}`),
      microphoneOff: (user, desktop) => log.push(`off ${user} ${desktop}`),
    },
  });
  const http = createServer();
  const routes = routeUpgrades(http, [{ path: SOUND_PATH, handle: sounds.handleUpgrade.bind(sounds) }]);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = z.object({ port: z.number() }).parse(http.address());
  t.after(() => {
    void sounds.close();
    routes.close();
    http.close();
  });
  return { url: `ws://127.0.0.1:${port}${SOUND_PATH}`, sounds, servers, log, missing };
}

/** A page that listens and collects what it gets. */
export class Page {
  readonly ws: WebSocket;
  readonly frames: { sequence: number; flags: number; content: Buffer }[] = [];
  readonly notices: SoundNotice[] = [];
  readonly closed: Promise<number>;
  #changed = Promise.withResolvers<void>();

  constructor(t: TestContext, url: string) {
    this.ws = new WebSocket(url, ['binary', 'deskpod.ticket.x'], { perMessageDeflate: false });
    this.closed = new Promise((resolve) => this.ws.once('close', (code) => resolve(code)));
    this.ws.on('error', () => {});
    this.ws.on('message', (data, isBinary) => {
      const bytes = bytesOf(data);
      if (isBinary)
        this.frames.push({
          sequence: bytes.readUInt16BE(0),
          flags: bytes.readUInt16BE(2),
          content: bytes.subarray(FRAME_HEADER_BYTES),
        });
      else this.notices.push(SoundNotice.parse(JSON.parse(bytes.toString())));
      this.#changed.resolve();
      this.#changed = Promise.withResolvers();
    });
    t.after(() => this.ws.terminate());
  }

  send(message: ListenerMessage): void {
    this.ws.send(JSON.stringify(message));
  }

  async until(check: () => boolean): Promise<void> {
    while (!check()) await this.#changed.promise;
  }

  /** Programs that record, as the last notice says. */
  get recorders(): string | null {
    const last = this.notices.findLast((notice) => notice.kind === 'recording');
    return last ? last.programs.map(({ program }) => program).join() : null;
  }

  get speaker(): string | null {
    const last = this.notices.findLast((notice) => notice.kind === 'speaker');
    return last ? last.who : null;
  }

  get playing(): readonly string[] | null {
    const last = this.notices.findLast((notice) => notice.kind === 'playing');
    return last
      ? last.inputs.map(({ program, volume, muted }) => `${program} ${volume}${muted ? ' muted' : ''}`)
      : null;
  }
}

/** Waits for what the sound server does, which has no event of its own. */
export async function soon(check: () => boolean): Promise<void> {
  while (!check()) await new Promise((resolve) => setImmediate(resolve));
}

export async function listening(t: TestContext, { url, servers }: Stage, codec: 'opus' | 'pcm' = 'pcm') {
  const page = new Page(t, url);
  await page.until(() => page.playing !== null);
  page.send({ kind: 'listen', codec });
  const server = servers.at(-1);
  assert.ok(server);
  return { page, server };
}

export function startTone(server: FakePulseServer, more: { paused?: boolean } = {}): void {
  const properties = {
    'application.name': 'Tone',
    'application.process.id': '42',
    'application.process.host': 'desk',
  };
  server.inputs.push({ index: 3, title: 'A', properties, volume: 65_536, muted: false, paused: false, ...more });
  server.change();
}

export async function play(server: FakePulseServer, count: number, frame = LOUD): Promise<void> {
  await soon(() => !server.recordingPaused);
  for (let sent = 0; sent < count; sent++) server.samples(frame);
}
