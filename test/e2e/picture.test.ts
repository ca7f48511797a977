/** The picture of a desktop in a browser: text is never blurred, and what rests is what the X server shows, pixel by pixel. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from '#client/client.ts';
import type { Picture } from '#protocol/picture.ts';
import { displayOfFry } from '../../bench/displays.ts';
import { photo } from '../fixtures/photo.ts';
import { XCanvas } from '../fixtures/x-canvas.ts';
import { eventually } from './faults-kit.ts';
import { missingBrowser, Person } from './person.ts';
import { ScreenTraffic } from './picture-kit.ts';
import { Product } from './product.ts';

const PHOTOS = 4;
const FRAMES = 60;
/** Between two frames of a film. */
const FRAME_MS = 40;
/** More than any pointer or clock paints. */
const LARGE_PIXELS = 200_000;

suite('the picture of a desktop', { skip: missingBrowser, timeout: 10 * 60_000 }, () => {
  let product: Product;
  let fry: Person;
  let traffic: ScreenTraffic;
  let frames: readonly Buffer[] = [];
  let canvas: XCanvas;

  before(async () => {
    product = await Product.start();
    fry = await Person.at(product, { width: 800, height: 600 });
    traffic = new ScreenTraffic(fry.page);
    await fry.logIn('fry', 'fry');
    await fry.seesDesktop();
    const { token } = await createClient({ baseUrl: product.address }).session.login({
      provider: 'directory',
      name: 'fry',
      password: 'fry',
    });
    const client = createClient({ baseUrl: product.address, token });
    const { at, cookie } = await displayOfFry({ product, client, token });
    canvas = await XCanvas.connect(connect(at), cookie);
    const { width, height } = canvas.size;
    frames = Array.from({ length: PHOTOS }, (_, number) => photo(width, height, number));
  });
  after(async () => {
    canvas?.[Symbol.dispose]();
    await product?.clear();
    await fry?.[Symbol.asyncDispose]();
    await product?.[Symbol.asyncDispose]();
  });

  async function film(count = FRAMES): Promise<void> {
    canvas.show();
    for (let frame = 0; frame < count; frame += 1) {
      canvas.paint(0, 0, canvas.size.width, frames[frame % PHOTOS] ?? Buffer.alloc(0));
      await canvas.drawn();
      await delay(FRAME_MS);
    }
  }

  async function seesTheScreen(): Promise<void> {
    // Xvnc draws the pointer into the picture of a viewer that hasn't moved it there.
    await fry.page.mouse.move(600, 300);
    let wrong = 0;
    await eventually('the browser shows what the X server does', async () => {
      const [shown, screen] = [await fry.pixels(), await canvas.screen()];
      wrong = shown.length === screen.length ? screen.filter((value, at) => value !== shown[at]).length : -1;
      return wrong === 0 ? true : null;
    }).catch((cause: unknown) => {
      throw new Error(wrong < 0 ? 'the sizes differ' : `${wrong} colour values differ`, { cause });
    });
  }

  async function chooses(picture: Picture): Promise<void> {
    await fry.opens('appearance');
    const choice = fry.find('picture', ` [data-picture="${picture}"]`);
    await choice.click();
    await fry.page.locator(`[data-picture="${picture}"][aria-checked="true"]`).waitFor();
    await fry.find('settings-close').click();
  }

  test('a film is sent as JPEG, and its last picture at rest is exactly that of the X server', async () => {
    traffic.painted();
    await film();
    await seesTheScreen();
    const { jpegPixels, losslessPixels } = traffic.painted();
    assert.ok(jpegPixels > LARGE_PIXELS, `${jpegPixels} pixels of JPEG`);
    assert.ok(losslessPixels > LARGE_PIXELS, `${losslessPixels} pixels without loss`);
    assert.equal(traffic.failure, null);
    canvas.hide();
  });

  test('text that scrolls in a terminal is never JPEG', async () => {
    await fry.starts('terminal');
    await seesTheScreen();
    traffic.painted();
    await fry.find('key-field').focus();
    await fry.page.keyboard.type('for i in {1..300}; do echo "$i $RANDOM $PATH $SECONDS"; sleep 0.01; done; exit\n');
    await fry.find('dock-app', '[data-app="terminal"][data-phase="running"]').waitFor({ state: 'detached' });
    const { jpegPixels, losslessPixels } = traffic.painted();
    assert.equal(jpegPixels, 0);
    assert.ok(losslessPixels > LARGE_PIXELS, `${losslessPixels} pixels without loss`);
  });

  test('a sharp picture has no JPEG; a frugal one has it at once, and is exact at rest, too', async () => {
    await chooses('sharp');
    await seesTheScreen();
    traffic.painted();
    await film(10);
    await seesTheScreen();
    assert.equal(traffic.painted().jpegPixels, 0);
    await chooses('frugal');
    // Ends with another photo.
    await film(11);
    await seesTheScreen();
    const { jpegPixels, losslessPixels } = traffic.painted();
    assert.ok(jpegPixels > LARGE_PIXELS, `${jpegPixels} pixels of JPEG, ${losslessPixels} without loss`);
    assert.equal(traffic.failure, null);
  });
});
