/** A viewer that lost its WebSocket: who may continue its screen, for how long, and what its desktop sees meanwhile. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { test, type TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { readExactly } from '#gateway/rfb/read.ts';
import { parseJson } from '#protocol/json.ts';
import { RESUME_MS, ResumeMessage, resumeProtocol } from '#protocol/resume.ts';
import { CloseCode } from '#protocol/screen.ts';
import { CHOICE, type FakeOptions, KEY, stage, type Stage } from '../../fakes/screen-gateway.ts';

const RELEASED = Buffer.from(KEY).fill(0, 1, 2);
const SHIFT = Buffer.from([4, 1, 0, 0, 0, 0, 0xff, 0xe1]);
const patience = (): AbortSignal => AbortSignal.timeout(5_000);

/** Messages from the gateway. */
class Link {
  readonly ws: WebSocket;
  readonly texts: ResumeMessage[] = [];
  count = 0;
  received = Buffer.alloc(0);
  readonly closed: Promise<number>;

  constructor(url: string, offer: string, ticket = 'x') {
    const protocols = ['binary', 'deskpod.notes', `deskpod.ticket.${ticket}`, offer];
    this.ws = new WebSocket(url, protocols, { perMessageDeflate: false });
    this.ws.on('error', () => {});
    this.closed = new Promise((resolve) => this.ws.once('close', (code: number) => resolve(code)));
    this.ws.on('message', (data, isBinary) => {
      if (!Buffer.isBuffer(data)) return;
      const control = isBinary ? null : ResumeMessage.safeParse(parseJson(data.toString()));
      if (control?.success === true) {
        this.texts.push(control.data);
        return;
      }
      this.count += 1;
      if (isBinary) this.received = Buffer.concat([this.received, data]);
    });
  }

  async until(fits: () => boolean): Promise<void> {
    while (!fits()) await once(this.ws, 'message', { signal: patience() });
  }
}

interface Open extends Stage {
  readonly link: Link;
  readonly id: string;
  readonly desktop: Duplex;
}

/** A viewer after its handshake. */
async function open(t: TestContext, options: FakeOptions = {}): Promise<Open> {
  const staged = await stage(t, options);
  const link = new Link(staged.url, 'deskpod.resume');
  await link.until(() => link.count === 1);
  link.ws.send('RFB 003.008\n', { binary: true });
  await link.until(() => link.count === 2);
  link.ws.send(CHOICE);
  const [first] = link.texts;
  const [desktop] = staged.desktops;
  assert.ok(first?.kind === 'resumable' && desktop !== undefined);
  return { ...staged, link, id: first.id, desktop };
}

async function lose({ link, desktop }: Open): Promise<void> {
  // The gateway knows when it has told the desktop.
  link.ws.send(KEY);
  await readExactly(desktop, KEY.length, patience());
  link.ws.terminate();
  assert.deepEqual(await readExactly(desktop, KEY.length, patience()), RELEASED);
}

test('the same user continues the screen over another WebSocket, with what came meanwhile', async (t) => {
  const viewer = await open(t);
  await lose(viewer);
  viewer.desktop.write('pixels');
  const again = new Link(viewer.url, resumeProtocol(viewer.id, viewer.link.count));
  await again.until(() => again.count === 1);
  assert.deepEqual(again.texts[0], { kind: 'resumed', received: 3 });
  assert.equal(again.received.toString(), 'pixels');
  again.ws.send(KEY);
  assert.deepEqual(await readExactly(viewer.desktop, KEY.length, patience()), KEY);
  assert.equal(viewer.desktops.length, 1, 'the desktop has seen one connection');
});

test('a page that comes back before its loss is noticed takes over from its old WebSocket', async (t) => {
  const viewer = await open(t);
  const again = new Link(viewer.url, resumeProtocol(viewer.id, viewer.link.count));
  await again.until(() => again.texts.length === 1);
  await viewer.link.closed;
  viewer.desktop.write('pixels');
  await again.until(() => again.count === 1);
});

test('a key that was held is released in the desktop at once, a modifier is not', async (t) => {
  const viewer = await open(t);
  viewer.link.ws.send(SHIFT);
  await readExactly(viewer.desktop, SHIFT.length, patience());
  await lose(viewer);
});

test('nobody else continues it, nor does the same user after a login or with other rights', async (t) => {
  const claims = new Map([
    ['user', { userId: 'fry' }],
    ['session', { sessionId: 's2' }],
    ['desktop', { desktopId: 'fry-12345' }],
    ['rights', { rights: { screen: 'view', clipboardIn: true, clipboardOut: true } }],
  ] as const);
  const viewer = await open(t, { claims: (ticket) => new Map<string, object>(claims).get(ticket) ?? {} });
  await lose(viewer);
  for (const ticket of claims.keys()) {
    const other = new Link(viewer.url, resumeProtocol(viewer.id, viewer.link.count), ticket);
    assert.equal(await other.closed, CloseCode.notResumable, ticket);
    assert.deepEqual([other.texts, other.count], [[], 0], ticket);
  }
  const own = new Link(viewer.url, resumeProtocol(viewer.id, viewer.link.count));
  await own.until(() => own.texts.length === 1);
});

test('an unknown number, and counts that cannot be, are refused; the screen is still there', async (t) => {
  const viewer = await open(t);
  await lose(viewer);
  const unknown = new Link(viewer.url, resumeProtocol('AAAAAAAAAAAAAAAAAAAAAA', 0));
  assert.equal(await unknown.closed, CloseCode.notResumable);
  const tooMany = new Link(viewer.url, resumeProtocol(viewer.id, 1_000));
  assert.equal(await tooMany.closed, CloseCode.notResumable);
  const own = new Link(viewer.url, resumeProtocol(viewer.id, viewer.link.count));
  await own.until(() => own.texts.length === 1);
});

test('a logout during the interruption ends it, and frees the desktop and the place of the user', async (t) => {
  let counted = 0;
  const count = (): (() => void) => {
    counted += 1;
    return () => (counted -= 1);
  };
  const viewer = await open(t, { count });
  await lose(viewer);
  assert.equal(counted, 1, 'an interrupted screen counts');
  viewer.desktop.resume();
  viewer.gateway.closeSession('s1');
  await once(viewer.desktop, 'end', { signal: patience() });
  assert.equal(counted, 0);
  const again = new Link(viewer.url, resumeProtocol(viewer.id, viewer.link.count));
  assert.equal(await again.closed, CloseCode.notResumable);
  assert.match(viewer.log.at(-1) ?? '', /^closed \d+ you were logged out/);
});

test('after half a minute it ends', async (t) => {
  const viewer = await open(t);
  t.mock.timers.enable({ apis: ['setTimeout'] });
  await lose(viewer);
  viewer.desktop.resume();
  t.mock.timers.tick(RESUME_MS);
  t.mock.timers.reset();
  await once(viewer.desktop, 'end', { signal: patience() });
  assert.match(viewer.log.at(-1) ?? '', /the network was lost/);
});

test('a page that closes its screen itself ends it at once', async (t) => {
  const viewer = await open(t);
  viewer.desktop.resume();
  viewer.link.ws.close();
  await once(viewer.desktop, 'end', { signal: patience() });
});

test('a viewer that confirms more than it was sent is disconnected', async (t) => {
  const { link } = await open(t);
  link.ws.send(JSON.stringify({ kind: 'confirmed', received: 1_000 }));
  assert.equal(await link.closed, CloseCode.protocol);
});

test('a viewer that confirms nothing gets two megabytes, then the desktop waits', async (t) => {
  const viewer = await open(t);
  const chunk = Buffer.alloc(64 * 1024, 7);
  let sent = 0;
  while (sent < 64 * 1024 * 1024 && viewer.desktop.writableLength < 1024 * 1024) {
    viewer.desktop.write(chunk);
    sent += chunk.length;
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(sent < 64 * 1024 * 1024, 'the desktop was never paused');
  await viewer.link.until(() => viewer.link.received.length > 2 * 1024 * 1024);
  viewer.link.ws.send(JSON.stringify({ kind: 'confirmed', received: viewer.link.count }));
  const before = viewer.link.received.length;
  await viewer.link.until(() => viewer.link.received.length > before);
});
