/** A desktop on a screen with two device pixels for each CSS pixel: every pixel of it is one of the screen, and programs draw larger. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, suite, test } from 'node:test';
import { createClient } from '#client/client.ts';
import { displayOfFry } from '../../bench/displays.ts';
import { XCanvas } from '../fixtures/x-canvas.ts';
import { eventually } from './faults-kit.ts';
import { count, missingBrowser, Person } from './person.ts';
import { Product } from './product.ts';

const BAR = 36;
const VIEWPORT = { width: 800, height: 600 };
/** The board of 2048. */
const BOARD = [255, 255, 255] as const;

suite('a desktop on a dense screen', { skip: missingBrowser, timeout: 10 * 60_000 }, () => {
  let product: Product;
  let fry: Person;
  let canvas: XCanvas;

  before(async () => {
    product = await Product.start();
    fry = await Person.at(product, VIEWPORT, { deviceScaleFactor: 2 });
    await fry.logIn('fry', 'fry');
    await fry.seesDesktop();
    await hasSize(2 * VIEWPORT.width, 2 * (VIEWPORT.height - BAR));
    const { token } = await createClient({ baseUrl: product.address }).session.login({
      provider: 'directory',
      name: 'fry',
      password: 'fry',
    });
    const client = createClient({ baseUrl: product.address, token });
    const { at, cookie } = await displayOfFry({ product, client, token });
    canvas = await XCanvas.connect(connect(at), cookie);
  });
  after(async () => {
    canvas?.[Symbol.dispose]();
    await product?.clear();
    await fry?.[Symbol.asyncDispose]();
    await product?.[Symbol.asyncDispose]();
  });

  async function hasSize(width: number, height: number): Promise<void> {
    await fry.page.waitForFunction(
      ([width, height]) => {
        const shown = document.querySelector<HTMLCanvasElement>('[data-test="screen"] .screen-frame canvas');
        return shown?.width === width && shown.height === height;
      },
      [width, height] as const,
    );
  }

  async function chooses(scale: string): Promise<void> {
    await fry.opens('appearance');
    await fry.find('scale').selectOption(scale);
    await fry.find('settings-close').click();
  }

  async function seesBoard(what: string, fits: (pixels: number) => boolean): Promise<number> {
    let seen = 0;
    await fry.seesPixels(what, (pixels) => fits((seen = count(pixels, BOARD, 4))));
    return seen;
  }

  test('the browser shows each pixel of the X server as one of the screen', async () => {
    await fry.page.mouse.move(600, 300);
    await eventually('the browser shows what the X server does', async () => {
      const [shown, screen] = [await fry.pixels(), await canvas.screen()];
      return screen.equals(shown) ? true : null;
    });
    const box = await fry.page.locator('.screen-frame canvas').boundingBox();
    assert.deepEqual(box, { x: 0, y: BAR, width: VIEWPORT.width, height: VIEWPORT.height - BAR });
  });

  test('the pointer is where the user sees it', async () => {
    await fry.page.mouse.move(203, 150);
    await eventually('the pointer of the X server is there, too', async () => {
      const { x, y } = await canvas.pointer();
      return x === 2 * 203 && y === 2 * (150 - BAR) ? true : null;
    });
  });

  test('programs draw twice as large, and follow another choice at once, without being started again', async () => {
    await fry.starts('2048-gtk');
    const large = await seesBoard('a large board', (pixels) => pixels > 200_000);
    await fry.photograph('density-200');
    await chooses('100');
    const small = await seesBoard('a small board', (pixels) => pixels > 20_000 && pixels < large / 3);
    await fry.photograph('density-100');
    await chooses('auto');
    await seesBoard('the large board again', (pixels) => pixels > small * 3);
  });

  test('the cursor has the size of the others of the browser', async () => {
    await fry.page.mouse.move(400, 400);
    const cursor = await fry.page.locator('.screen-frame canvas').evaluate((shown) => getComputedStyle(shown).cursor);
    assert.match(cursor, /^image-set\(url\(".*2dppx/);
  });

  test('the browser console has no errors', () => {
    assert.deepEqual(fry.complaints, []);
  });
});
