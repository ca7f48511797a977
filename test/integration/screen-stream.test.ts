/** What a real Xvnc sends is understood to the last byte, in each encoding that a viewer can prefer. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, suite, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { createGateway } from '#gateway/gateway.ts';
import { ENCODING } from '#gateway/rfb/encodings.ts';
import { routeUpgrades } from '#gateway/upgrade.ts';
import type { Picture } from '#protocol/picture.ts';
import { NovncViewer } from '../fixtures/novnc-viewer.ts';
import { photoPage, textPage } from '../fixtures/pages.ts';
import { XCanvas } from '../fixtures/x-canvas.ts';
import { type Lab, missing, openLab, type RealDesktop } from './real-desktop.ts';

const FRAMES = 12;
const FRAME_MS = 30;
const SCROLL_PIXELS = 24;
const LARGE_PIXELS = 200_000;
const WAIT_MS = 60_000;

interface Case {
  readonly what: string;
  readonly picture: Picture | null;
  /** Before noVNC's own. */
  readonly preferred: readonly number[];
}

const CASES: readonly Case[] = [
  { what: 'Tight with JPEG, as Xvnc decides', picture: null, preferred: [] },
  { what: 'Tight, as the gateway decides', picture: 'auto', preferred: [] },
  { what: 'Tight on requests of the gateway', picture: 'frugal', preferred: [] },
  { what: 'ZRLE', picture: null, preferred: [ENCODING.zrle] },
  {
    what: 'raw pixels and a pointer with transparency',
    picture: null,
    preferred: [ENCODING.raw, ENCODING.cursorWithAlpha],
  },
];

suite('the stream of a real screen', { skip: missing, timeout: 10 * 60_000 }, () => {
  let lab: Lab;
  let desktop: RealDesktop;
  let canvas: XCanvas;
  let url = '';
  const owned = new AsyncDisposableStack();

  before(async () => {
    lab = owned.use(await openLab());
    desktop = owned.use(await lab.managed());
    url = await screenOf(desktop, owned);
    canvas = owned.use(await XCanvas.connect(await desktop.connectDisplay(), desktop.xCookie));
  });
  after(() => owned.disposeAsync());

  for (const { what, picture, preferred } of CASES) {
    test(what, async () => {
      await using viewer = await NovncViewer.open(url, ['binary', 'deskpod.ticket.x'], picture, preferred);
      const { width, height } = canvas.size;
      await viewer.nextUpdate(WAIT_MS);
      canvas.show();
      for (const page of [textPage(width, height * 2), photoPage(width, height * 2)]) {
        for (let frame = 0; frame < FRAMES; frame += 1) {
          const top = frame * SCROLL_PIXELS * width * 4;
          canvas.paint(0, 0, width, page.subarray(top, top + width * height * 4));
          await canvas.drawn();
          await delay(FRAME_MS);
        }
      }
      const last = viewer.nextUpdate(WAIT_MS);
      canvas.hide();
      await last;
      const { jpegPixels, losslessPixels } = viewer.seen();
      assert.equal(viewer.failure, null);
      assert.ok(jpegPixels + losslessPixels > LARGE_PIXELS);
      assert.ok(viewer.isBetweenMessages, 'every byte belongs to a message');
    });
  }
});

async function screenOf(desktop: RealDesktop, owned: AsyncDisposableStack): Promise<string> {
  const rights = { screen: 'control', clipboardIn: true, clipboardOut: true } as const;
  const claims = { desktopId: 'd', userId: 'hermes', sessionId: 's', screen: null, uid: 'uid-1', rights };
  const { vncPassword } = desktop;
  const gateway = createGateway({
    tickets: { verify: async () => ({ ...claims, vncPassword, expiresAt: new Date() }) },
    connect: desktop.connectScreen,
    allowedOrigin: () => true,
    events: { screenConnected: () => {}, screenClosed: () => {}, clipboardTransferred: () => {}, warn: assert.fail },
  });
  const server = createServer();
  const routes = routeUpgrades(server, [{ path: '/s', handle: gateway.handleUpgrade.bind(gateway) }]);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  owned.defer(async () => {
    await gateway.close();
    routes.close();
    server.close();
  });
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return `ws://127.0.0.1:${port}/s`;
}
