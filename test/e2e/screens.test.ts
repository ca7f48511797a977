/** A desktop on several screens, each in a browser window of its own: pixels, clicks, keys, and windows that come and go. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, suite, test } from 'node:test';
import type { Page } from 'playwright-core';
import { createClient } from '#client/client.ts';
import { ScreenNotice } from '#protocol/screen.ts';
import type { ScreenLayout } from '#protocol/screens.ts';
import { displayOfFry } from '../../bench/displays.ts';
import { XCanvas } from '../fixtures/x-canvas.ts';
import { eventually } from './faults-kit.ts';
import { missingBrowser, Person } from './person.ts';
import { Product } from './product.ts';

const BAR = 36;
const SMALL = { width: 700, height: 500 };

interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

suite('a desktop on several screens', { skip: missingBrowser, timeout: 10 * 60_000 }, () => {
  let product: Product;
  let fry: Person;
  let display: Awaited<ReturnType<typeof displayOfFry>>;
  /** As the gateway has told the main page. */
  let screens: ScreenLayout = [];

  before(async () => {
    product = await Product.start();
    fry = await Person.at(product, { width: 800, height: 600 });
    fry.page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => {
        const notice = ScreenNotice.safeParse(typeof payload === 'string' ? JSON.parse(payload) : null);
        if (notice.data?.kind === 'screens') ({ screens } = notice.data);
      }),
    );
    await fry.logIn('fry', 'fry');
    await fry.seesDesktop();
    const { token } = await createClient({ baseUrl: product.address }).session.login({
      provider: 'directory',
      name: 'fry',
      password: 'fry',
    });
    const client = createClient({ baseUrl: product.address, token });
    display = await displayOfFry({ product, client, token });
  });
  after(async () => {
    await product?.clear();
    await fry?.[Symbol.asyncDispose]();
    await product?.[Symbol.asyncDispose]();
  });

  /** Opens a window and waits until it shows its screen. */
  async function opens(click: () => Promise<void>, size = SMALL): Promise<Page> {
    const popup = fry.page.waitForEvent('popup');
    await click();
    const page = await popup;
    await page.setViewportSize(size);
    await page.locator('[data-test="screen"] .screen-frame canvas').waitFor({ state: 'attached' });
    await shows(page, size.width, size.height);
    return page;
  }

  async function addsScreen(size = SMALL): Promise<Page> {
    return opens(async () => {
      await fry.find('menu-button').click();
      await fry.find('menu-add-screen').click();
    }, size);
  }

  async function shows(page: Page, width: number, height: number): Promise<void> {
    await eventually(`a window shows ${width}x${height}`, async () => {
      const { width: w, height: h } = await canvasOf(page);
      return w === width && h === height ? true : null;
    });
  }

  /** The window shows exactly its part of the X server's screen. */
  async function isPartOfScreen(page: Page): Promise<void> {
    await page.mouse.move(5, BAR + 5);
    let wrong = 'nothing yet';
    await eventually('a window shows what the X server does', async () => {
      using canvas = await XCanvas.connect(connect(display.at), display.cookie);
      const shown = await canvasOf(page);
      const id = Number(/screen\/(\d+)/.exec(page.url())?.[1] ?? 0);
      const { x = 0, y = 0 } = screens.find((screen) => screen.id === id) ?? {};
      wrong = differenceOf(shown, part(await canvas.screen(), canvas.size.width, { left: x, top: y, ...shown }));
      return wrong === '' ? true : null;
    }).catch((cause: unknown) => {
      throw new Error(wrong, { cause });
    });
  }

  let second: Page;

  test('a screen opens in a window of its own, and both show exactly their part of the X server’s pixels', async () => {
    await fry.starts('terminal');
    second = await addsScreen();
    await shows(fry.page, 800, 600 - BAR);
    await isPartOfScreen(fry.page);
    await isPartOfScreen(second);
  });

  test('a window goes to the second screen and is maximised there; a click and keys there reach it', async () => {
    await fry.find('dock-app', '[data-app="terminal"]').click({ button: 'right' });
    await fry.find('dock-menu-move-1').click();
    await fry.page.keyboard.press('Control+Alt+ArrowUp');
    await second.mouse.click(300, 200);
    await second.locator('[data-test="key-field"]').focus();
    await second.keyboard.type('printf "\\033[48;2;10;200;30m\\033[2J"; read x\n');
    await eventually('the terminal fills the second screen', async () => {
      const { data, width, height } = await canvasOf(second);
      return terminalShare(data) > 0.9 && width * height > 0 ? true : null;
    });
    assert.ok(terminalShare((await canvasOf(fry.page)).data) < 0.01);
    await isPartOfScreen(second);
  });

  test('a third screen joins, windows are resized, and every one shows its part', async () => {
    const third = await addsScreen({ width: 640, height: 480 });
    await second.setViewportSize({ width: 900, height: 520 });
    await shows(second, 900, 520);
    await fry.page.setViewportSize({ width: 1000, height: 640 });
    await shows(fry.page, 1000, 640 - BAR);
    await isPartOfScreen(fry.page);
    await isPartOfScreen(second);
    await isPartOfScreen(third);
    await third.close();
    await isPartOfScreen(second);
  });

  test('when a screen closes, its window is back on the first one, which is the whole desktop again', async () => {
    await second.close();
    await eventually('the terminal is back', async () =>
      terminalShare((await canvasOf(fry.page)).data) > 0.2 ? true : null,
    );
    await shows(fry.page, 1000, 640 - BAR);
    await isPartOfScreen(fry.page);
  });

  test('an app is opened in its own window without a frame, used there, and pulled back', async () => {
    const menu = async (item: string) => {
      await fry.find('dock-app', '[data-app="terminal"]').click({ button: 'right' });
      await fry.find(item).click();
    };
    const own = await opens(() => menu('dock-menu-pop-out'), { width: 720, height: 460 });
    await eventually('the terminal fills its window', async () =>
      terminalShare((await canvasOf(own)).data) > 0.99 ? true : null,
    );
    assert.match(await own.title(), /terminal|fry/i);
    await own.setViewportSize({ width: 640, height: 400 });
    await shows(own, 640, 400);
    await eventually('the terminal has the new size', async () =>
      terminalShare((await canvasOf(own)).data) > 0.99 ? true : null,
    );
    await isPartOfScreen(own);
    const closed = own.waitForEvent('close');
    await menu('dock-menu-pull-back');
    await closed;
    await eventually('the terminal is back', async () =>
      terminalShare((await canvasOf(fry.page)).data) > 0.2 ? true : null,
    );
  });

  test('the window of an app closes with it', async () => {
    const own = await opens(async () => {
      await fry.find('dock-app', '[data-app="terminal"]').click({ button: 'right' });
      await fry.find('dock-menu-pop-out').click();
    });
    const closed = own.waitForEvent('close');
    await own.locator('[data-test="key-field"]').focus();
    await own.keyboard.type('\nexit\n');
    await closed;
    await shows(fry.page, 1000, 640 - BAR);
  });

  test('the browser console has no errors', () => {
    assert.deepEqual(fry.complaints, []);
  });
});

async function canvasOf(page: Page): Promise<Pixels> {
  const { width, height, base64 } = await page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('[data-test="screen"] .screen-frame canvas');
    if (!canvas || canvas.width === 0 || canvas.height === 0) return { width: 0, height: 0, base64: '' };
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d');
    copy?.drawImage(canvas, 0, 0);
    const data = copy?.getImageData(0, 0, canvas.width, canvas.height).data ?? new Uint8ClampedArray();
    let text = '';
    for (let at = 0; at < data.length; at += 4)
      text += String.fromCharCode(data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0);
    return { width: canvas.width, height: canvas.height, base64: btoa(text) };
  });
  return { width, height, data: Buffer.from(base64, 'base64') };
}

interface Part {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function part(screen: Buffer, screenWidth: number, { left, top, width, height }: Part): Buffer {
  const rows = Array.from({ length: height }, (_, row) => {
    const at = 3 * ((top + row) * screenWidth + left);
    return screen.subarray(at, at + 3 * width);
  });
  return Buffer.concat(rows);
}

function differenceOf({ data, width, height }: Pixels, expected: Buffer): string {
  if (data.length !== expected.length || data.length === 0)
    return `${width}x${height} pixels, ${expected.length / 3} of the X server`;
  const wrong = expected.filter((value, at) => value !== data[at]).length;
  return wrong === 0 ? '' : `${wrong} of ${expected.length} colour values differ`;
}

/** What the terminal paints: green, and the dark of its margins. */
function terminalShare(data: Uint8Array): number {
  let found = 0;
  for (let at = 0; at < data.length; at += 3) {
    const [red = 0, green = 0, blue = 0] = [data[at], data[at + 1], data[at + 2]];
    if (red < 40 && blue < 50 && (green > 180 || green < 40)) found += 1;
  }
  return found / Math.max(1, data.length / 3);
}
