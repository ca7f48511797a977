/** The languages of the pages: from the browser, changed on the login page or in the settings, and right to left. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { missingBrowser, Person } from './person.ts';
import { Product } from './product.ts';

suite('the languages of the pages', { skip: missingBrowser, timeout: 5 * 60_000 }, () => {
  let product: Product;
  let fry: Person;
  before(async () => {
    product = await Product.start(['--demo']);
    fry = await Person.at(product, undefined, { locale: 'de-DE' });
  });
  after(async () => {
    await product?.clear();
    await fry?.[Symbol.asyncDispose]();
    await product?.[Symbol.asyncDispose]();
  });

  const shows = async (language: string, direction: string) =>
    await fry.page.locator(`html[lang="${language}"][dir="${direction}"]`).waitFor({ state: 'attached' });

  test('a German browser gets a German login page, which can be changed before the login', async () => {
    await shows('de', 'ltr');
    await fry.find('login-submit').filter({ hasText: 'Anmelden' }).waitFor();
    await fry.find('language').selectOption('ja');
    await fry.find('login-submit').filter({ hasText: 'ログイン' }).waitFor();
    await fry.find('language').selectOption('system');
    await fry.find('login-submit').filter({ hasText: 'Anmelden' }).waitFor();
  });

  test('the desktop is German, too', async () => {
    await fry.logIn('fry', 'fry');
    await fry.seesDesktop();
    await fry.starts('terminal');
    await fry.find('menu-button').click();
    await fry.find('menu-logout').filter({ hasText: 'Abmelden' }).waitFor();
    await fry.page.keyboard.press('Escape');
  });

  test('Arabic, chosen in the settings, turns the page around but not the screen, and stays after a reload', async () => {
    const window = fry.find('dock-app', '[data-app="terminal"]');
    const connected = await fry.page.locator('html').getAttribute('data-screen');
    await fry.opens('appearance');
    // Preferences are sent a moment after a change.
    const saved = fry.page.waitForResponse(
      (response) => response.url().endsWith('/preferences') && response.request().method() === 'PUT',
    );
    await fry.find('settings').locator('[data-test="language"]').selectOption('ar');
    await shows('ar', 'rtl');
    await fry.find('page-appearance').filter({ hasText: 'المظهر واللغة' }).waitFor();
    assert.deepEqual([connected, await window.getAttribute('data-phase')], ['connected', 'running'], 'nothing is lost');
    const pageEdges = await fry.page.evaluate(() => {
      const middle = (test: string): number => {
        const box = document.querySelector(`[data-test="${test}"]`)?.getBoundingClientRect();
        return box === undefined ? 0 : (box.left + box.right) / 2;
      };
      return {
        menu: middle('menu-button'),
        screen: getComputedStyle(document.querySelector('.screen-frame') ?? document.body).direction,
      };
    });
    assert.ok(pageEdges.menu > 1000, `the menu is at the right: ${pageEdges.menu}`);
    assert.equal(pageEdges.screen, 'ltr');
    await saved;
    await fry.page.reload();
    await shows('ar', 'rtl');
    await fry.seesDesktop();
    await fry.find('menu-button').click();
    await fry.find('menu-logout').filter({ hasText: 'تسجيل الخروج' }).waitFor();
    assert.deepEqual(fry.complaints, []);
  });
});
