/** The user's journey in a real Chromium, with the real product and real containers. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { count, difference, missingBrowser, Person } from './person.ts';
import { Product } from './product.ts';

/** Colours of the two games' boards at empty fields. */
const GTK_BOARD = [255, 255, 255] as const;
const QT_BOARD = [205, 193, 180] as const;

suite('end to end', { skip: missingBrowser, timeout: 10 * 60_000 }, () => {
  let product: Product;
  let hermes: Person;

  before(async () => {
    product = await Product.start();
    hermes = await Person.at(product);
  });
  after(async () => {
    await hermes?.[Symbol.asyncDispose]();
    await product?.[Symbol.asyncDispose]();
  });

  test('a wrong password, an unknown name and empty fields get the same clear message', async () => {
    await hermes.find('login').waitFor();
    await hermes.photograph('login');
    await hermes.logIn('Hermes Conrad', 'wrong');
    const wrong = await hermes.find('login-error').innerText();
    await hermes.logIn('Nobody Atall', 'wrong');
    await hermes.find('login-submit').isEnabled();
    assert.equal(await hermes.find('login-error').innerText(), wrong);
    await hermes.logIn('', '');
    await hermes.find('login').waitFor();
    await hermes.photograph('login-error');
  });

  test('login shows each step of the start with its duration, then the screen', async () => {
    await hermes.logIn('Hermes Conrad', 'hermes');
    await hermes.find('starting').waitFor();
    await hermes.seesDesktop();
    assert.equal(await hermes.find('who').innerText(), 'Hermes Conrad');
    const { width, height } = await hermes.page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('[data-test="screen"] canvas');
      return { width: canvas?.width ?? 0, height: canvas?.height ?? 0 };
    });
    assert.deepEqual([width, height], [1280, 764], 'the screen has the size of the browser window below the bar');
  });

  test('the dock is empty at first, and a search for 2048 shows both games', async () => {
    assert.equal(await hermes.find('dock-app').count(), 0);
    await hermes.search('2048');
    const apps = hermes.find('search-result', '[data-kind="app"]');
    await apps.nth(1).waitFor();
    const names = await apps.evaluateAll((rows) => rows.map((row) => row.getAttribute('data-app')));
    assert.deepEqual(new Set(names), new Set(['2048-gtk', '2048-qt']));
    assert.equal(await apps.locator('img').count(), 2, 'each game has its icon');
    await hermes.page.keyboard.press('Escape');
  });

  test('both games run at the same time, each in a container of its own', async () => {
    await hermes.starts('2048-qt');
    await hermes.seesPixels('the board of 2048 Qt', (pixels) => count(pixels, QT_BOARD) > 20_000);
    await hermes.starts('2048-gtk');
    await hermes.seesPixels('the board of 2048 GTK', (pixels) => count(pixels, GTK_BOARD, 4) > 50_000);
    await hermes.opens('tasks');
    await hermes.task('2048 GTK').first().waitFor();
    const running = hermes.find('task', '[data-state="running"]');
    assert.equal(await running.filter({ hasText: '2048 GTK' }).filter({ hasText: 'in the desktop' }).count(), 1);
    assert.equal(await running.filter({ hasText: '2048 Qt' }).filter({ hasText: 'pod' }).count(), 1);
    await hermes.find('settings-close').click();
  });

  test('shortcuts of the shell arrange windows side by side', async () => {
    const before = await hermes.pixels();
    await hermes.page.keyboard.press('Control+Alt+ArrowRight');
    await hermes.seesPixels('2048 GTK at another place', (pixels) => difference(before, pixels) > 20_000);
    await hermes.turnsTo('2048-qt', '2048 Game');
    await hermes.page.keyboard.press('Control+Alt+ArrowLeft');
    await hermes.seesPixels('both boards at once', (pixels) => {
      return count(pixels, QT_BOARD) > 20_000 && count(pixels, GTK_BOARD, 4) > 50_000;
    });
  });

  test('arrow keys play the game: the board on the screen changes', async () => {
    await hermes.turnsTo('2048-gtk', 'GNOME 2048');
    const before = await hermes.pixels();
    for (const key of ['ArrowLeft', 'ArrowDown', 'ArrowRight', 'ArrowUp']) await hermes.page.keyboard.press(key);
    await hermes.seesPixels('a changed board', (pixels) => difference(before, pixels) > 5_000);
    await hermes.photograph('desktop');
  });

  test('windows are unchanged after the page is reloaded', async () => {
    await hermes.page.reload();
    await hermes.seesDesktop();
    await hermes.seesWindowOf('2048-gtk');
    await hermes.seesPixels('the board of 2048 Qt', (pixels) => count(pixels, QT_BOARD) > 20_000);
  });

  test('the documented failure: the log is kept, the hint explains it, and its button fixes it', async () => {
    await hermes.search('shm-demo-with-error');
    await hermes.find('search-result', '[data-app="shm-demo-with-error"]').first().click();
    await hermes.opens('tasks');
    const failed = hermes.find('task', '[data-state="finished"][data-exit="1"]').first();
    await failed.waitFor();
    await failed.click();
    await hermes.find('tab-logs').click();
    await hermes.find('log-line').filter({ hasText: 'MIT-SHM' }).first().waitFor();
    const hint = hermes.find('hint').first();
    assert.match(await hint.innerText(), /memory/i);
    await hermes.photograph('tasks');
    await hint.locator('[data-test="remedy"]').first().click();
    await hermes
      .find('task', '[data-state="running"]')
      .filter({ hasText: /Shared-memory/ })
      .first()
      .waitFor();
  });

  test('stopping works for both runtimes', async () => {
    await hermes.opens('tasks');
    for (const name of ['2048 GTK', '2048 Qt']) {
      const running = hermes.find('task', '[data-state="running"]').filter({ hasText: name });
      const id = await running.first().getAttribute('data-launch');
      await running.first().locator('[data-test="task-stop"]').click();
      await hermes.find('task', `[data-launch="${id}"][data-state="finished"]`).waitFor();
    }
    await hermes.find('settings-close').click();
  });

  test('the web shell runs in the desktop, where netstat shows Xvnc on port 6000', async () => {
    await hermes.page.keyboard.press('Control+Alt+t');
    await hermes.find('terminal', '[data-state="open"]').waitFor();
    const screen = hermes.find('terminal-box');
    await hermes.page.waitForFunction(() =>
      document.querySelector('[data-test="terminal-box"]')?.textContent?.includes('hermes:~$'),
    );
    await screen.click();
    await hermes.page.keyboard.type('netstat -anp 2>/dev/null | grep LISTEN\n');
    await hermes.page.waitForFunction(() =>
      /:6000 .*LISTEN.*Xvnc/.test(document.querySelector('[data-test="terminal-box"]')?.textContent ?? ''),
    );
    await hermes.photograph('web-shell');
    await hermes.find('terminal-close').click();
  });

  test('a second user shares nothing with the first one', async () => {
    await using fry = await Person.at(product);
    await fry.logIn('fry', 'fry');
    await fry.seesDesktop();
    assert.equal(await fry.find('dock-app').count(), 0);
    await fry.opens('tasks');
    assert.equal(await fry.find('task', '[data-state="running"]').count(), 0);
    assert.equal(await fry.find('task', '[data-launch^="hermes"]').count(), 0);
    await fry.find('settings-close').click();
    await logOut(fry);
  });

  test('windows are unchanged after a short restart of the server', async () => {
    await hermes.starts('2048-gtk');
    await product.kill();
    await hermes.page.locator('html[data-screen="reconnecting"]').waitFor({ state: 'attached' });
    await product.run();
    await hermes.seesDesktop();
    await hermes.seesPixels('the board of 2048 GTK', (pixels) => count(pixels, GTK_BOARD, 4) > 50_000);
    await hermes.seesWindowOf('2048-gtk');
  });

  test('disconnecting keeps everything, and another browser connects to the same desktop', async () => {
    await hermes.find('menu-button').click();
    await hermes.find('menu-disconnect').click();
    await hermes.find('login').waitFor();
    await using elsewhere = await Person.at(product);
    await elsewhere.logIn('hermes', 'hermes');
    await elsewhere.seesDesktop();
    await elsewhere.seesWindowOf('2048-gtk');
    await logOut(elsewhere);
  });

  test('the browser console has no errors', () => {
    assert.deepEqual(hermes.complaints, []);
  });
});

async function logOut(person: Person): Promise<void> {
  await person.find('menu-button').click();
  await person.find('menu-logout').click();
  await person.find('logout-confirm').click();
  await person.find('login').waitFor();
}
