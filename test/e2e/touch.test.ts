/** Fingers on a tablet and a phone: what an X program receives of them, and which part of the desktop they show. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { CONTROL } from '../keyboards/key-case.ts';
import { isClean, PHONE } from './axe.ts';
import { missingBrowser, Person } from './person.ts';
import { Product } from './product.ts';
import { Fingers, PointerListener } from './touch-kit.ts';

const BAR = 36;
const TABLET = { width: 768, height: 1024 };
const TOUCH = { hasTouch: true, isMobile: true };
const [LEFT, MIDDLE, RIGHT, UP, DOWN] = [1, 2, 3, 4, 5] as const;

suite('a touch screen', { skip: missingBrowser, timeout: 10 * 60_000 }, () => {
  let product: Product;
  let leela: Person;
  let fingers: Fingers;
  let pointer: PointerListener;

  before(async () => {
    product = await Product.start();
    leela = await Person.at(product, TABLET, TOUCH);
    await leela.logIn('leela', 'leela');
    await leela.seesDesktop();
    pointer = await PointerListener.start(leela, product.home('leela', 'buttons'));
    fingers = await Fingers.of(leela);
    await turnsTrackpad(false);
  });
  after(async () => {
    await product?.clear();
    await leela?.[Symbol.asyncDispose]();
    await product?.[Symbol.asyncDispose]();
  });

  /** Places in the desktop, from places on the screen. */
  const inDesktop = ({ x, y }: { x: number; y: number }) => ({ x, y: y - BAR });
  const view = () => leela.find('screen').evaluate((box) => box.style.getPropertyValue('--view'));

  /** Presses and releases of one button at one place, and none of others. */
  async function clicked(button: number, times: number, at?: { x: number; y: number }): Promise<void> {
    const got = await pointer.next(2 * times);
    assert.deepEqual(
      got.map(({ button, isPress }) => (isPress ? button : -button)),
      Array.from({ length: times }, () => [button, -button]).flat(),
    );
    if (at) for (const { x, y } of got) assert.deepEqual({ x, y }, at);
  }

  /** A preference, which earlier runs may have left. */
  async function turnsTrackpad(on: boolean): Promise<void> {
    if ((await leela.find('trackpad').getAttribute('aria-pressed')) !== String(on)) await leela.find('trackpad').tap();
    await leela.find('trackpad', `[aria-pressed="${on}"]`).waitFor();
  }

  test('a tap clicks, two taps click twice in one place, a finger that stays and two fingers click right, three in the middle', async () => {
    const at = { x: 300, y: 500 };
    await fingers.tap(at);
    await clicked(LEFT, 1, inDesktop(at));
    await leela.page.waitForTimeout(400);
    await fingers.tap(at);
    await fingers.tap({ x: 310, y: 505 });
    await clicked(LEFT, 2, inDesktop(at));
    await fingers.down(at);
    await clicked(RIGHT, 1, inDesktop(at));
    await fingers.up();
    await fingers.tap(at, { x: 360, y: 500 });
    await clicked(RIGHT, 1, inDesktop({ x: 330, y: 500 }));
    await fingers.tap(at, { x: 360, y: 500 }, { x: 420, y: 500 });
    await clicked(MIDDLE, 1, inDesktop({ x: 360, y: 500 }));
  });

  test('a finger drags, and two fingers scroll in their direction', async () => {
    await fingers.drag([
      { x: 200, y: 400 },
      { x: 360, y: 560 },
    ]);
    const [press, release] = await pointer.next(2);
    assert.deepEqual(press, { button: LEFT, isPress: true, ...inDesktop({ x: 200, y: 400 }) });
    assert.deepEqual(release, { button: LEFT, isPress: false, ...inDesktop({ x: 360, y: 560 }) });
    const scroll = async (from: number, to: number): Promise<Set<number>> => {
      const way = (x: number) =>
        [
          { x, y: from },
          { x, y: to },
        ] as const;
      await fingers.drag(way(300), way(380));
      return new Set((await pointer.next(2)).map(({ button }) => button));
    };
    assert.deepEqual(await scroll(400, 720), new Set([UP]));
    assert.deepEqual(await scroll(720, 400), new Set([DOWN]));
  });

  test('fingers that part zoom the view, taps still hit what they show, and fingers that close show everything', async () => {
    const way = (from: number, to: number) =>
      [
        { x: from, y: 500 },
        { x: to, y: 500 },
      ] as const;
    await fingers.drag(way(350, 250), way(450, 550));
    assert.match(await view(), /scale\((?:2\.[0-9]|3)/);
    await leela.photograph('touch-zoomed');
    await leela.page.waitForTimeout(400);
    await fingers.tap({ x: 400, y: 500 });
    // What was between the fingers is still there.
    const [press] = await pointer.next(2);
    assert.ok(press && Math.abs(press.x - 400) < 4 && Math.abs(press.y - (500 - BAR)) < 4, JSON.stringify(press));
    await fingers.tap({ x: 200, y: 500 });
    const [other] = await pointer.next(2);
    assert.ok(other && other.x > 280 && other.x < 340, JSON.stringify(other));
    await fingers.drag(way(100, 380), way(700, 420));
    assert.equal(await view(), '');
  });

  test('as a trackpad, the finger moves the pointer from where it is, and a tap clicks there', async () => {
    await fingers.tap({ x: 300, y: 500 });
    await clicked(LEFT, 1);
    await turnsTrackpad(true);
    await fingers.drag([
      { x: 600, y: 800 },
      { x: 640, y: 800 },
    ]);
    await fingers.tap({ x: 100, y: 900 });
    const [press] = await pointer.next(2);
    assert.ok(press && press.x > 335 && press.x < 430 && Math.abs(press.y - (500 - BAR)) < 3, JSON.stringify(press));
  });

  test('as a trackpad, a tap and a drag hold the button until the next tap', async () => {
    await leela.page.waitForTimeout(400);
    await fingers.tap({ x: 400, y: 600 });
    await fingers.drag([
      { x: 400, y: 600 },
      { x: 440, y: 600 },
    ]);
    await leela.find('touch-locked').getByText('Dragging').waitFor();
    const [, , held] = await pointer.next(3);
    assert.equal(held?.isPress, true);
    await fingers.drag([
      { x: 400, y: 600 },
      { x: 400, y: 650 },
    ]);
    await leela.photograph('touch-locked');
    await fingers.tap({ x: 100, y: 600 });
    const [released] = await pointer.next(1);
    assert.ok(released && !released.isPress && released.y > (held?.y ?? 0) + 40, JSON.stringify([held, released]));
    await leela.find('touch-locked').getByText('Dragging').waitFor({ state: 'detached' });
  });

  test('the mode is a preference: it is the same after the page has been loaded again, and can be changed in the settings', async () => {
    await leela.page.waitForTimeout(400);
    await leela.page.reload();
    await leela.seesDesktop();
    await leela.find('trackpad', '[aria-pressed="true"]').waitFor();
    await leela.opens('keyboard');
    await leela.photograph('touch-settings');
    await leela.find('touch-mode').getByRole('radio', { name: 'Direct' }).tap();
    await leela.page.keyboard.press('Escape');
    await leela.find('trackpad', '[aria-pressed="false"]').waitFor();
  });

  test('extra keys: Ctrl holds for the next key of the screen’s keyboard, and F keys are behind one button', async () => {
    await leela.find('touch-keyboard').tap();
    const keys = leela.find('touch-keys');
    await keys.waitFor();
    await keys.getByRole('button', { name: 'More keys' }).tap();
    await keys.getByRole('button', { name: 'F5' }).waitFor();
    await keys.getByRole('button', { name: 'Ctrl' }).tap();
    assert.equal(await keys.getByRole('button', { name: 'Ctrl' }).getAttribute('aria-pressed'), 'true');
    await isClean(leela, 'touch keys');
    await isClean(leela, 'touch keys on a phone', ['dark'], PHONE);
    await keys.getByRole('button', { name: 'F5' }).tap();
    assert.equal(await pointer.key('F5'), CONTROL);
    await keys.getByRole('button', { name: 'Ctrl', pressed: false }).tap();
    // As touch keyboards type: text without keys.
    await leela.page.keyboard.insertText('c');
    assert.equal(await pointer.key('c'), CONTROL);
    await keys.getByRole('button', { name: 'Ctrl', pressed: false }).waitFor();
    await leela.page.keyboard.insertText('d');
    assert.equal(await pointer.key('d'), 0);
  });

  test('on a phone, upright and turned, the whole desktop can be seen, and the view moves', async () => {
    await leela.page.setViewportSize({ width: 375, height: 667 });
    await leela.page.waitForFunction(() => document.querySelector<HTMLElement>('.screen-frame')?.offsetWidth === 960);
    await leela.photograph('touch-phone');
    const way = (from: number, to: number) =>
      [
        { x: from, y: 300 },
        { x: to, y: 300 },
      ] as const;
    await fingers.drag(way(20, 180), way(350, 190));
    assert.match(await view(), /scale\(0\.39/);
    await leela.photograph('touch-phone-whole');
    await leela.page.setViewportSize({ width: 667, height: 375 });
    await leela.page.waitForFunction(() => {
      const canvas = document.querySelector('.screen-frame canvas')?.getBoundingClientRect();
      return canvas !== undefined && canvas.height <= 375 && canvas.left >= 0;
    });
    await leela.photograph('touch-phone-turned');
  });

  test('the browser console has no errors', () => {
    assert.deepEqual(leela.complaints, []);
  });
});
