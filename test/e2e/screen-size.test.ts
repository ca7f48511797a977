/** The size of a desktop that two browsers share, and on a phone; hints on a phone that name no keys. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { missingBrowser, Person } from './person.ts';
import { Product } from './product.ts';
import { Fingers } from './touch-kit.ts';

const BAR = 36;

suite('a desktop in several browser windows', { skip: missingBrowser, timeout: 10 * 60_000 }, () => {
  let product: Product;
  let office: Person;

  before(async () => {
    product = await Product.start();
    office = await Person.at(product, { width: 1600, height: 900 });
    await office.logIn('hermes', 'hermes');
    await office.seesDesktop();
    await hasSize(office, 1600, 900 - BAR);
  });
  after(async () => {
    await product?.clear();
    await office?.[Symbol.asyncDispose]();
    await product?.[Symbol.asyncDispose]();
  });

  async function hasSize(person: Person, width: number, height: number): Promise<void> {
    await person.page.waitForFunction(
      ([width, height]) => {
        const canvas = document.querySelector<HTMLCanvasElement>('[data-test="screen"] .screen-frame canvas');
        return canvas?.width === width && canvas.height === height;
      },
      [width, height] as const,
    );
  }

  test('the desktop has the size of the newest viewer, and the size of the other one when that viewer leaves', async () => {
    const home = await Person.at(product, { width: 1000, height: 700 });
    await home.logIn('hermes', 'hermes');
    await home.seesDesktop();
    await hasSize(office, 1000, 700 - BAR);
    await home[Symbol.asyncDispose]();
    await hasSize(office, 1600, 900 - BAR);
  });

  test('its size follows clicks and keys, and does not alternate while two people use it', async () => {
    await using home = await Person.at(product, { width: 1000, height: 700 });
    await home.logIn('hermes', 'hermes');
    await home.seesDesktop();
    await hasSize(office, 1000, 700 - BAR);
    await office.page.mouse.click(800, 500);
    await hasSize(home, 1600, 900 - BAR);
    // A window requests a size at most every few seconds; only later input counts.
    await home.page.waitForTimeout(3_100);
    await home.find('key-field').focus();
    await home.page.keyboard.press('Shift');
    await hasSize(office, 1000, 700 - BAR);

    const changes = office.page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const canvas = document.querySelector('[data-test="screen"] .screen-frame canvas');
          let count = 0;
          const observer = new MutationObserver((records) => (count += records.length));
          if (canvas) observer.observe(canvas, { attributeFilter: ['width'] });
          setTimeout(() => resolve(count), 6_000);
        }),
    );
    await office.find('key-field').focus();
    for (const until = performance.now() + 6_000; performance.now() < until;) {
      await office.page.keyboard.press('Shift');
      await home.page.keyboard.press('Shift');
    }
    assert.ok((await changes) <= 6, `${await changes} changes in 6 s`);
  });

  test('on a phone, in both orientations, windows have enough room and hints mention taps', async () => {
    const phone = { hasTouch: true, isMobile: true };
    await using leela = await Person.at(product, { width: 360, height: 740 }, phone);
    await leela.logIn('leela', 'leela');
    await leela.seesDesktop();
    await hasSize(leela, 960, 740 - BAR);
    await leela.page.setViewportSize({ width: 740, height: 360 });
    await hasSize(leela, 960, 600);
    await leela.find('pan').tap();
    const fingers = await Fingers.of(leela);
    await fingers.drag([
      { x: 700, y: 320 },
      { x: 100, y: 60 },
    ]);
    await fingers.drag([
      { x: 700, y: 320 },
      { x: 100, y: 60 },
    ]);
    const view = await leela.find('screen').evaluate((box) => box.style.getPropertyValue('--view'));
    assert.equal(view, `translate(${740 - 960}px, ${360 - BAR - 600}px) scale(1)`);
    await leela.find('pan').tap();

    for (const [width, height] of [
      [360, 740],
      [740, 360],
    ] as const) {
      await leela.page.setViewportSize({ width, height });
      const page = leela.page.locator('body');
      assert.doesNotMatch(await page.innerText(), /Ctrl|press/i);
      await leela.find('dock-search').tap();
      assert.doesNotMatch(await leela.find('search').innerText(), /Esc|Tab/);
      await leela.page.keyboard.press('Escape');
    }
  });

  test('on a phone the tabs of the settings show that there are more tabs, and on which side', async () => {
    await using leela = await Person.at(product, { width: 360, height: 740 }, { hasTouch: true, isMobile: true });
    await leela.logIn('leela', 'leela');
    await leela.seesDesktop();
    await leela.opens('tasks');
    const tabs = leela.find('settings').locator('nav');
    await leela.page.locator('nav[data-more="end"]').waitFor();
    await leela.find('page-about').tap();
    await leela.page.locator('nav[data-more="start"]').waitFor();
    assert.ok(await leela.find('page-about').isVisible());
    const mask = await tabs.evaluate((nav) => getComputedStyle(nav).maskImage);
    assert.match(mask, /gradient/);
  });

  test('the browser console has no errors', () => {
    assert.deepEqual(office.complaints, []);
  });
});
