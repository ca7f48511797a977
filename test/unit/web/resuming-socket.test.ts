/** The page's WebSocket and the gateway's end of it, over real connections that are cut: nothing is lost or arrives twice. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { acceptWebSocket } from '#gateway/accept.ts';
import { ViewerSocket } from '#gateway/resume/viewer-socket.ts';
import { resumeOffer } from '#protocol/resume.ts';
import { CloseCode } from '#protocol/screen.ts';
import { ResumingSocket } from '../../../web/screen/resuming-socket.ts';

const WAIT_MS = 20_000;

interface Stage {
  readonly page: ResumingSocket;
  readonly gateway: () => ViewerSocket;
  readonly cut: () => void;
  /** New connections are refused until it's called again. */
  readonly block: (isBlocked: boolean) => void;
  readonly network: EventTarget;
  readonly atPage: string[];
  readonly atGateway: string[];
  readonly away: boolean[];
}

async function stage(t: TestContext, forgets = false): Promise<Stage> {
  const sockets = new Set<Duplex>();
  let viewer: ViewerSocket | null = null;
  let isBlocked = false;
  const atPage: string[] = [];
  const atGateway: string[] = [];
  const away: boolean[] = [];
  const network = new EventTarget();
  const server = createServer();
  server.on('upgrade', (request, socket: Duplex, head: Buffer) => {
    if (isBlocked) return void socket.destroy();
    sockets.add(socket);
    socket.on('error', () => {}).once('close', () => sockets.delete(socket));
    const offer = resumeOffer((request.headers['sec-websocket-protocol'] ?? '').split(', '));
    const accept = async (): Promise<void> => {
      const ws = await acceptWebSocket(request, socket, head);
      if (offer === null || offer === 'new') {
        viewer = new ViewerSocket(ws, offer !== null);
        viewer.on('message', (data) => atGateway.push(data.toString()));
      } else if (forgets || viewer?.continueOver(ws, offer.received) !== true) ws.close(CloseCode.notResumable);
    };
    accept().catch(() => socket.destroy());
    return undefined;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.number() }).parse(server.address());
  const page = new ResumingSocket('ticket', {
    open: (_ticket, resume) => new WebSocket(`ws://127.0.0.1:${port}`, ['binary', resume]),
    ticket: async () => 'another ticket',
    isFinal: () => false,
    onAway: (isAway) => away.push(isAway),
    pause: () => new Promise(setImmediate),
    network,
  });
  page.addEventListener('message', (event) => {
    if (event instanceof MessageEvent) atPage.push(z.instanceof(ArrayBuffer).transform(textOf).parse(event.data));
  });
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const gateway = (): ViewerSocket => viewer ?? assert.fail('no viewer');
  t.after(() => {
    page.close();
    server.close();
    cut();
  });
  await once(page, 'open');
  // It knows then that it's resumable.
  gateway().send(Buffer.from('hello'));
  await until(() => atPage.length === 1, 'a message');
  atPage.length = 0;
  return {
    page,
    gateway,
    cut,
    block: (blocked) => (isBlocked = blocked),
    network,
    atPage,
    atGateway,
    away,
  };
}

function textOf(buffer: ArrayBuffer): string {
  return Buffer.from(buffer).toString();
}

async function until(fits: () => boolean, what: string): Promise<void> {
  for (const end = performance.now() + WAIT_MS; !fits();) {
    assert.ok(performance.now() < end, what);
    await new Promise(setImmediate);
  }
}

test('whenever the network is cut, all that either side sent arrives once and in order', async (t) => {
  const steps = fc.array(fc.constantFrom('down', 'up', 'cut', 'turn'), { minLength: 10, maxLength: 120 });
  await fc.assert(
    fc.asyncProperty(steps, async (played) => {
      const { page, gateway, cut, atPage, atGateway } = await stage(t);
      const down: string[] = [];
      const up: string[] = [];
      for (const step of played) {
        if (step === 'down') {
          down.push(`${down.length}`.repeat(1 + (down.length % 5_000)));
          gateway().send(Buffer.from(down.at(-1) ?? ''));
        } else if (step === 'up') {
          up.push(`${up.length}`);
          page.send(new TextEncoder().encode(up.at(-1)));
        } else if (step === 'cut') cut();
        else await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await until(() => atPage.length >= down.length && atGateway.length >= up.length, 'everything has arrived');
      assert.deepEqual(atPage, down);
      assert.deepEqual(atGateway, up);
      page.close();
    }),
    { numRuns: 25, endOnFailure: true },
  );
});

test('the page is told when the network is lost and when the screen continues', async (t) => {
  const { page, cut, block, gateway, atGateway, away } = await stage(t);
  page.send(new TextEncoder().encode('a'));
  await until(() => atGateway.length === 1, 'the first message');
  block(true);
  cut();
  await until(() => away.length === 1, 'the page knows');
  page.send(new TextEncoder().encode('b'));
  assert.equal(page.readyState, WebSocket.OPEN, 'what is sent now follows');
  assert.equal(gateway().bufferedAmount, Infinity, 'and the desktop is not read');
  block(false);
  await until(() => atGateway.length === 2, 'the second message');
  assert.deepEqual(
    [atGateway, away],
    [
      ['a', 'b'],
      [true, false],
    ],
  );
});

test('a page whose network changed continues over another connection, although the old one may still work', async (t) => {
  const { page, network, atGateway, away } = await stage(t);
  network.dispatchEvent(new Event('online'));
  page.send(new TextEncoder().encode('a'));
  await until(() => atGateway.length === 1 && away.length === 2, 'it continues');
  assert.deepEqual([atGateway, away], [['a'], [true, false]]);
});

test('a gateway that does not know the screen ends it', async (t) => {
  const { page, cut, atGateway } = await stage(t, true);
  page.send(new TextEncoder().encode('a'));
  await until(() => atGateway.length === 1, 'the first message');
  cut();
  const [event] = await once(page, 'close');
  assert.ok(event instanceof CloseEvent);
  assert.equal(page.readyState, WebSocket.CLOSED);
});

test('a screen that was closed for a reason is not continued', async (t) => {
  const { page, gateway, atGateway, away } = await stage(t);
  page.send(new TextEncoder().encode('a'));
  await until(() => atGateway.length === 1, 'the first message');
  gateway().close(CloseCode.sessionEnded, 'you were logged out');
  const [event] = await once(page, 'close');
  assert.ok(event instanceof CloseEvent);
  assert.deepEqual([event.code, away], [CloseCode.sessionEnded, []]);
});
