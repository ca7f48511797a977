/**
 * The gateway between a WebSocket and a real desktop: pixels, input, permissions, clipboard, resizing, several viewers.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, suite, test } from 'node:test';
import { constants, inflateSync } from 'node:zlib';
import { WebSocket } from 'ws';
import { z } from 'zod';
import type { TicketRights } from '#domain/ports/auth.ts';
import { createGateway } from '#gateway/gateway.ts';
import { routeUpgrades } from '#gateway/upgrade.ts';
import { CloseCode } from '#protocol/screen.ts';
import { type Lab, missing, openLab, type RealDesktop, until } from './real-desktop.ts';

const ALL: TicketRights = { screen: 'control', clipboardIn: true, clipboardOut: true };
const RAW = 0;
const EXTENDED_CLIPBOARD = -1063131698;
const EXTENDED_DESKTOP_SIZE = -308;
const CUT_TEXT = 3;
const PROVIDE = 1 << 28;
const NOTIFY = 1 << 27;
const REQUEST = 1 << 25;
const CAPS = 1 << 24;

interface Screens extends AsyncDisposable {
  /** The permissions are those of the ticket. */
  view(rights: TicketRights): Promise<Viewer>;
}

async function screens(desktop: RealDesktop, vncPassword = desktop.vncPassword): Promise<Screens> {
  const gateway = createGateway({
    tickets: {
      verify: async (token) => ({
        desktopId: 'd',
        userId: 'hermes',
        sessionId: 's',
        vncPassword,
        screen: null,
        uid: 'uid-1',
        rights: z.custom<TicketRights>().parse(JSON.parse(Buffer.from(token, 'base64url').toString())),
        expiresAt: new Date(),
      }),
    },
    connect: desktop.connectScreen,
    allowedOrigin: () => true,
    events: { screenConnected: () => {}, screenClosed: () => {}, clipboardTransferred: () => {}, warn: () => {} },
  });
  const server = createServer();
  const routes = routeUpgrades(server, [{ path: '/s', handle: gateway.handleUpgrade.bind(gateway) }]);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return {
    view: async (rights) => {
      const ticket = Buffer.from(JSON.stringify(rights)).toString('base64url');
      const viewer = new Viewer(new WebSocket(`ws://127.0.0.1:${port}/s`, ['binary', `deskpod.ticket.${ticket}`]));
      await viewer.greet();
      return viewer;
    },
    async [Symbol.asyncDispose]() {
      await gateway.close();
      routes.close();
      server.close();
    },
  };
}

/** A minimal RFB client for the tests. */
class Viewer {
  readonly ws: WebSocket;
  size = { width: 0, height: 0 };
  #buffer = Buffer.alloc(0);
  #wake = (): void => {};

  constructor(ws: WebSocket) {
    this.ws = ws;
    ws.on('message', (data) => {
      if (Buffer.isBuffer(data)) this.#buffer = Buffer.concat([this.#buffer, data]);
      this.#wake();
    });
    ws.on('close', () => this.#wake());
  }

  async read(count: number): Promise<Buffer> {
    while (this.#buffer.length < count) {
      if (this.ws.readyState === WebSocket.CLOSED) throw new Error('closed');
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    const bytes = this.#buffer.subarray(0, count);
    this.#buffer = this.#buffer.subarray(count);
    return bytes;
  }

  async greet(): Promise<void> {
    await once(this.ws, 'open', { signal: AbortSignal.timeout(60_000) });
    await this.read(12);
    this.ws.send(Buffer.from('RFB 003.008\n', 'latin1'));
    await this.read(6);
    const init = await this.read(24);
    this.size = { width: init.readUInt16BE(0), height: init.readUInt16BE(2) };
    await this.read(init.readUInt32BE(20));
    this.ws.send(Buffer.from([1, 1]));
  }

  encodings(...list: number[]): void {
    const message = Buffer.alloc(4 + list.length * 4);
    message.writeUInt8(2, 0);
    message.writeUInt16BE(list.length, 2);
    list.forEach((encoding, index) => message.writeInt32BE(encoding, 4 + index * 4));
    this.ws.send(message);
  }

  update(x: number, y: number, width: number, height: number): void {
    const message = Buffer.from([3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    [x, y, width, height].forEach((value, index) => message.writeUInt16BE(value, 2 + index * 2));
    this.ws.send(message);
  }

  /**
   * Raw pixels of a part of the screen, in the rectangles that the server sends. The next message must be that update.
   */
  async pixels(x: number, y: number, width: number, height: number): Promise<Buffer> {
    this.update(x, y, width, height);
    const head = await this.read(4);
    assert.equal(head.readUInt8(0), 0);
    const pieces: Buffer[] = [];
    for (let left = head.readUInt16BE(2); left > 0; left--) {
      const rectangle = await this.read(12);
      assert.equal(rectangle.readInt32BE(8), RAW);
      pieces.push(await this.read(rectangle.readUInt16BE(4) * rectangle.readUInt16BE(6) * 4));
    }
    return Buffer.concat(pieces);
  }

  /** Waits until the pixel has this colour, as blue, green, red; requests updates as fast as the server sends them. */
  async sees(x: number, y: number, colour: readonly number[]): Promise<void> {
    for (const end = performance.now() + 20_000; performance.now() < end;) {
      const pixel = [...(await this.pixels(x, y, 1, 1)).subarray(0, 3)];
      if (pixel.join() === colour.join()) return;
    }
    assert.fail(`never saw ${colour.join()} at ${x}, ${y}`);
  }

  key(keysym: number): void {
    for (const down of [1, 0]) this.ws.send(Buffer.from([4, down, 0, 0, 0, 0, keysym >> 8, keysym & 0xff]));
  }

  /** Reads the server's next message, which must be about the clipboard. */
  async clipboard(): Promise<{ flags: number; text: string }> {
    const head = await this.read(8);
    assert.equal(head.readUInt8(0), CUT_TEXT);
    const length = head.readInt32BE(4);
    const body = await this.read(Math.abs(length));
    if (length >= 0) return { flags: 0, text: body.toString('latin1') };
    const flags = body.readUInt32BE(0);
    return { flags, text: flags & PROVIDE && !(flags & CAPS) ? inflated(body.subarray(4)) : '' };
  }

  /** Skips messages without this flag. */
  async clipboardWith(flag: number): Promise<{ flags: number; text: string }> {
    for (;;) {
      const message = await this.clipboard();
      if (message.flags & flag && !(message.flags & CAPS)) return message;
      assert.equal(message.text, '', 'text arrived without a request');
    }
  }

  extended(flags: number, rest: readonly number[] = []): void {
    const message = Buffer.alloc(12 + rest.length);
    message.writeUInt8(6, 0);
    message.writeInt32BE(-(4 + rest.length), 4);
    message.writeUInt32BE(flags >>> 0, 8);
    message.set(rest, 12);
    this.ws.send(message);
  }
}

/** The server only flushes its stream and never ends it. The text follows its length. */
function inflated(body: Buffer): string {
  return inflateSync(body, { finishFlush: constants.Z_SYNC_FLUSH }).toString('utf8', 4);
}

/** Copies text with xterm, which owns the clipboard from then on. */
async function copy(desktop: RealDesktop, text: string): Promise<void> {
  const command = `printf '\\033]52;c;${Buffer.from(text).toString('base64')}\\007'; exec sleep 600`;
  await desktop.start(['xterm', '-xrm', '*allowWindowOps: true', '-e', 'sh', '-c', command]);
}

/** Pastes into xterm, which writes the text to its log. */
async function paste(desktop: RealDesktop): Promise<string> {
  const ask = `stty -echo; printf '\\033]52;c;?\\007'; IFS= read -r -t 20 -d $'\\a' answer; echo "\${answer##*;}" >/proc/$PPID/fd/1`;
  const xterm = await desktop.start(['xterm', '-xrm', '*allowWindowOps: true', '-e', 'bash', '-c', ask]);
  return Buffer.from((await xterm.ended()).join(''), 'base64').toString();
}

function plainText(text: string): Buffer {
  const message = Buffer.alloc(8 + text.length);
  message.writeUInt8(6, 0);
  message.writeUInt32BE(text.length, 4);
  message.write(text, 8, 'latin1');
  return message;
}

suite('a screen through the gateway', { skip: missing, timeout: 10 * 60_000 }, () => {
  let lab: Lab;
  before(async () => {
    lab = await openLab();
  });
  after(() => lab?.[Symbol.asyncDispose]());

  test('200 simultaneous viewers can connect, and so can as many programs on the display', async () => {
    await using desktop = await lab.bare('burst');
    await using gateway = await screens(desktop);
    const several = Array.from({ length: 200 });
    const viewers = await Promise.all(several.map(() => gateway.view(ALL)));
    assert.ok(viewers.every(({ size }) => size.width > 0));
    for (const { ws } of viewers) ws.terminate();
    const programs = await Promise.all(several.map(() => desktop.connectDisplay()));
    for (const program of programs) program.destroy();
  });

  test('the pixels of the desktop reach several viewers at once', async () => {
    await using desktop = await lab.managed();
    await desktop.start(['xterm', '-bg', '#3366cc', '-geometry', '300x100+0+0']);
    await using gateway = await screens(desktop);
    const viewers = [await gateway.view(ALL), await gateway.view({ ...ALL, screen: 'view' })];
    for (const viewer of viewers) {
      assert.deepEqual(viewer.size, { width: 1000, height: 700 });
      viewer.encodings(RAW);
      await viewer.sees(500, 300, [0xcc, 0x66, 0x33]);
      assert.equal((await viewer.pixels(0, 0, 1000, 700)).length, 2_800_000);
    }
  });

  test('keys of a viewer with control reach the window, and keys of a view-only viewer do not', async () => {
    await using desktop = await lab.managed();
    await using gateway = await screens(desktop);
    await using display = await desktop.display();
    const active = until<readonly { active: boolean }[]>(
      'active',
      (tell) => display.onChange(tell),
      ([window]) => !!window?.active,
    );
    const shell = await desktop.start(['xterm', '-e', 'sh', '-c', 'read line; exit 7']);
    await active;
    const watcher = await gateway.view({ ...ALL, screen: 'view' });
    watcher.key(0xff0d);
    // The reply shows that the keys were processed.
    await watcher.pixels(0, 0, 1, 1);
    await display.act(display.windows[0]?.id ?? 0, { action: 'activate' });
    assert.equal(await shell.isRunning(), true);
    const user = await gateway.view(ALL);
    user.key(0x61);
    user.key(0xff0d);
    await shell.ended();
  });

  test('a viewer with control can resize the desktop, and a view-only viewer cannot', async () => {
    await using desktop = await lab.managed();
    await using gateway = await screens(desktop);
    const resize = Buffer.from([251, 0, 3, 32, 2, 88, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 3, 32, 2, 88, 0, 0, 0, 0]);
    const watcher = await gateway.view({ ...ALL, screen: 'view' });
    watcher.ws.send(resize);
    await watcher.pixels(0, 0, 1, 1);
    assert.deepEqual((await gateway.view(ALL)).size, { width: 1000, height: 700 });
    const user = await gateway.view(ALL);
    user.encodings(RAW, EXTENDED_DESKTOP_SIZE);
    user.ws.send(resize);
    // An RFB server resizes in its own time, and reports that only to viewers that ask.
    const width = async (): Promise<number> => (await gateway.view(ALL)).size.width;
    for (const end = Date.now() + 60_000; (await width()) !== 800;) assert.ok(Date.now() < end, 'the new size');
  });

  test('text leaves the desktop in both forms of the clipboard', async () => {
    await using desktop = await lab.managed();
    await using gateway = await screens(desktop);
    const plain = await gateway.view(ALL);
    const modern = await gateway.view(ALL);
    plain.encodings(RAW);
    modern.encodings(RAW, EXTENDED_CLIPBOARD);
    await Promise.all([plain.pixels(0, 0, 1, 1), modern.clipboard()]);
    modern.extended(0x1f000001, [0, 0, 0, 0]);
    await copy(desktop, 'out of here');
    assert.equal((await plain.clipboard()).text, 'out of here');
    await modern.clipboardWith(NOTIFY);
    modern.extended(REQUEST | 1);
    assert.match((await modern.clipboardWith(PROVIDE)).text, /^out of here/);
  });

  test('a viewer without permission to copy text out learns that there is new text, but cannot get it', async () => {
    await using desktop = await lab.managed();
    await using gateway = await screens(desktop);
    const viewer = await gateway.view({ ...ALL, clipboardOut: false });
    await copy(desktop, 'secret before');
    await viewer.clipboardWith(NOTIFY);
    viewer.encodings(RAW);
    viewer.extended(0x1f000001, [0, 0xff, 0, 0]);
    viewer.extended(REQUEST | 1);
    viewer.update(0, 0, 0, 0);
    await copy(desktop, 'secret after');
    // A reply to the requests would arrive before this message.
    await viewer.clipboardWith(NOTIFY);
  });

  test('text can be pasted into the desktop only with permission', async () => {
    await using desktop = await lab.managed();
    await using gateway = await screens(desktop);
    const forbidden = await gateway.view({ ...ALL, clipboardIn: false });
    const allowed = await gateway.view(ALL);
    allowed.ws.send(plainText('allowed'));
    await allowed.pixels(0, 0, 1, 1);
    assert.equal(await paste(desktop), 'allowed');
    forbidden.ws.send(plainText('forbidden'));
    await forbidden.pixels(0, 0, 1, 1);
    assert.equal(await paste(desktop), 'allowed');
  });

  test('a wrong password for the desktop gives status 503, and the end of its screen a close code', async () => {
    await using desktop = await lab.bare();
    await using wrong = await screens(desktop, 'another1');
    await assert.rejects(wrong.view(ALL), /503/);
    await using gateway = await screens(desktop);
    const viewer = await gateway.view(ALL);
    const closed = once(viewer.ws, 'close', { signal: AbortSignal.timeout(60_000) });
    await desktop.killServer();
    const [code] = await closed;
    assert.equal(code, CloseCode.screenLost);
  });
});
