/** What moves on the screen of a desktop is video in a browser, and the picture is right whatever happens to the film. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, suite, test } from 'node:test';
import { type Client, createClient } from '#client/client.ts';
import type { Window } from '#protocol/window.ts';
import { displayOfFry } from '../../bench/displays.ts';
import { XCanvas } from '../fixtures/x-canvas.ts';
import { XFilm } from '../fixtures/x-film.ts';
import { eventually } from './faults-kit.ts';
import { missingBrowser, Person } from './person.ts';
import { ScreenTraffic } from './picture-kit.ts';
import { Product } from './product.ts';
import { difference, encodersOf, looksRight } from './video-kit.ts';

const VIEWPORT = { width: 800, height: 640 };
const PLACE = { x: 100, y: 100, width: 480, height: 320 };
/** Above the film, and beyond its edge. */
const MENU = { x: 40, y: 200, width: 200, height: 150 };
const FPS = 25;
/** The first time, the image of the encoder may have to be built. */
const VIDEO_MS = 300_000;
const LOOKS = 6;

suite('a film on the screen of a desktop', { skip: missingBrowser, timeout: 10 * 60_000 }, () => {
  let product: Product;
  let fry: Person;
  let traffic: ScreenTraffic;
  let client: Client;
  let screen: XCanvas;
  let film: XFilm;
  let opens: (what: 'open' | 'menu', place: typeof PLACE) => Promise<XFilm>;

  before(async () => {
    product = await Product.start();
    fry = await Person.at(product, VIEWPORT);
    traffic = new ScreenTraffic(fry.page);
    await fry.logIn('fry', 'fry');
    await fry.seesDesktop();
    const { token } = await createClient({ baseUrl: product.address }).session.login({
      provider: 'directory',
      name: 'fry',
      password: 'fry',
    });
    client = createClient({ baseUrl: product.address, token });
    const { at, cookie } = await displayOfFry({ product, client, token });
    screen = await XCanvas.connect(connect(at), cookie);
    opens = async (what, place) => XFilm[what](connect(at), cookie, place);
    film = await opens('open', PLACE);
  });
  after(async () => {
    film?.[Symbol.dispose]();
    screen?.[Symbol.dispose]();
    await product?.clear();
    await fry?.[Symbol.asyncDispose]();
    await product?.[Symbol.asyncDispose]();
  });

  async function seesVideo(person = fry): Promise<void> {
    await person.find('video', '[data-shown]').first().waitFor({ timeout: VIDEO_MS });
  }

  /** Not two looks one after the other may be wrong: that's more than a moment. */
  async function staysRight(during: string): Promise<void> {
    let isWrong = false;
    for (let look = 0; look < LOOKS; look += 1) {
      const wasWrong = isWrong;
      isWrong = !(await looksRight(fry, screen));
      if (isWrong && wasWrong) await fry.photograph('film-wrong');
      assert.ok(!isWrong || !wasWrong, `the picture is wrong ${during}`);
    }
  }

  async function isExact(person = fry): Promise<void> {
    // Xvnc draws the pointer into the picture of a viewer that hasn't moved it there.
    await person.page.mouse.move(VIEWPORT.width - 80, VIEWPORT.height - 80);
    await person.page.mouse.move(VIEWPORT.width - 40, VIEWPORT.height - 40);
    let wrong: string | null = null;
    await eventually('the browser shows what the X server does', async () => {
      wrong = await difference(person, screen);
      return wrong === null ? true : null;
    }).catch((cause: unknown) => {
      throw new Error(`${person === fry ? 'the page' : 'the other page'}: ${wrong}`, { cause });
    });
  }

  async function filmWindow(): Promise<Window> {
    for await (const event of client.events({ signal: AbortSignal.timeout(10_000) })) {
      const found = event.type === 'windows' ? event.windows.find(({ title }) => title === 'Film') : undefined;
      if (found !== undefined) return found;
    }
    return assert.fail('the film has no window');
  }

  test('it is video, and the screen sends none of it', async () => {
    film.play(FPS);
    await seesVideo();
    await fry.find('video', '[data-fps]').first().waitFor();
    await eventually('it moves', async () => {
      traffic.painted();
      await fry.find('video', '[data-shown]').first().waitFor();
      const fps = Number(await fry.find('video').first().getAttribute('data-fps'));
      const { jpegPixels, losslessPixels } = traffic.painted();
      return fps > 0 && jpegPixels + losslessPixels < PLACE.width * PLACE.height ? true : null;
    });
    await staysRight('while it plays');
    await fry.photograph('film');
  });

  test('a menu above it is seen, and so is what was below when it closes', async () => {
    const menu = await opens('menu', MENU);
    await staysRight('while a menu is above the film');
    await fry.photograph('film-menu');
    menu[Symbol.dispose]();
    await staysRight('after the menu has closed');
  });

  test('it can be moved and minimised', async () => {
    film.move(PLACE.x + 150, PLACE.y + 90);
    await staysRight('while the film is moved');
    await seesVideo();
    const { id } = await filmWindow();
    await client.windows.act(id, { action: 'minimise' });
    await staysRight('after the film is minimised');
    await fry.find('video').waitFor({ state: 'detached' });
    await isExact();
    await client.windows.act(id, { action: 'activate' });
    await seesVideo();
    await staysRight('after the film is back');
  });

  test('another page without a decoder sees it, too, and both are exact when it rests', async () => {
    const other = await Person.at(product, VIEWPORT);
    try {
      await other.page.addInitScript(() => Reflect.deleteProperty(globalThis, 'VideoDecoder'));
      await other.page.reload();
      await other.logIn('fry', 'fry');
      await other.seesDesktop();
      await seesVideo();
      await staysRight('while another page looks');
      assert.equal(await other.find('video').count(), 0);
      await film.stop();
      await fry.find('video').waitFor({ state: 'detached' });
      await isExact();
      await isExact(other);
    } finally {
      await other[Symbol.asyncDispose]();
    }
  });

  test('while nothing moves there is no encoder; one that is killed is missed only for a moment', async (t) => {
    const { id } = await client.desktop.get();
    assert.ok(id);
    if (product.stage !== null) return t.skip('the processes are on another machine');
    await eventually('no encoder runs', async () => ((await encodersOf(id)).length === 0 ? true : null));
    film.play(FPS);
    await seesVideo();
    const [encoder] = await encodersOf(id);
    assert.ok(encoder);
    process.kill(encoder, 'SIGKILL');
    await staysRight('after the encoder was killed');
    await eventually('another one runs', async () =>
      (await encodersOf(id)).some((pid) => pid !== encoder) ? true : null,
    );
    await seesVideo();
    await film.stop();
    await fry.find('video').waitFor({ state: 'detached' });
    await isExact();
    assert.equal(traffic.failure, null);
  });
});
