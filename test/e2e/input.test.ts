/** Keys, clipboard and pointer between a real browser and a terminal in the desktop: input arrives as typed. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { after, before, suite, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from './faults-kit.ts';
import { missingBrowser, Person } from './person.ts';
import { Product } from './product.ts';
import { compose, pressAltGr, pressDead, pressKey } from './typing.ts';

suite('keys, clipboard and pointer', { skip: missingBrowser, timeout: 10 * 60_000 }, () => {
  let product: Product;
  let hermes: Person;
  /** The lines that the terminal read. */
  let typed: string;

  before(async () => {
    product = await Product.start();
    typed = product.home('hermes', 'typed');
    await rm(typed, { force: true });
    hermes = await Person.at(product);
    await hermes.logIn('hermes', 'hermes');
    await hermes.seesDesktop();
    await hermes.starts('terminal');
    // From here on every typed line is appended to the file.
    await types('clear; cat > typed\n');
    // Until then the shell takes what is typed.
    await eventually('the file is open', async () => (existsSync(typed) ? true : null));
    await types('begin\n');
    await arrives('begin');
  });
  after(async () => {
    await product?.clear();
    await hermes?.[Symbol.asyncDispose]();
    await rm(typed, { force: true });
    await product?.[Symbol.asyncDispose]();
  });

  async function types(text: string): Promise<void> {
    for (const key of text) await hermes.page.keyboard.press(key === '\n' ? 'Enter' : key);
  }

  /** Compares the last complete line of the file. Polls, because the terminal reports no progress. */
  async function arrives(line: string): Promise<void> {
    let last = '';
    for (const until = performance.now() + 20_000; performance.now() < until; await delay(20)) {
      last = (await readFile(typed, 'utf8').catch(() => '')).split('\n').at(-2) ?? '';
      if (last === line) return;
    }
    await hermes.photograph('never-typed');
    assert.equal(last, line);
  }

  test('letters, capitals, digits and punctuation of the keyboard', async () => {
    const line = 'abc XYZ 019 ~!#$%^&*()_+-=[];\'",./<>?|\\`';
    await types(`${line}\n`);
    await arrives(line);
  });

  test('AltGr types the character of the layout, as Linux and as Windows report it', async () => {
    for (const system of ['linux', 'windows'] as const) {
      const keys = [
        ['@', 'KeyQ'],
        ['€', 'KeyE'],
        ['{', 'Digit7'],
        ['}', 'Digit0'],
        ['[', 'Digit8'],
        ['\\', 'Minus'],
        ['~', 'BracketRight'],
        ['µ', 'KeyM'],
      ] as const;
      for (const [key, code] of keys) await pressAltGr(hermes.page, key, code, system);
      await types(`${system}\n`);
      await arrives(`@€{}[\\~µ${system}`);
    }
  });

  test('umlauts, dead keys and input methods', async () => {
    for (const [key, code] of [
      ['ä', 'Quote'],
      ['ö', 'Semicolon'],
      ['Ü', 'BracketLeft'],
      ['ß', 'Minus'],
    ] as const)
      await pressKey(hermes.page, key, code);
    await pressDead(hermes.page, 'Equal', 'é', 'KeyE');
    await pressDead(hermes.page, 'Backquote', 'Ô', 'KeyO');
    await compose(hermes.page, 'ni', '你');
    await types('.\n');
    await arrives('äöÜßéÔ你.');
  });

  test('no key stays pressed when the focus is lost during the key press', async () => {
    for (const key of ['Shift', 'Control', 'Alt']) {
      await hermes.page.keyboard.down(key);
      await hermes.find('key-field').blur();
      await hermes.page.keyboard.up(key);
      await hermes.find('key-field').focus();
      await types(`after ${key.toLowerCase()}\n`);
      await arrives(`after ${key.toLowerCase()}`);
    }
  });

  test('no key stays pressed after a shortcut of the shell', async () => {
    await hermes.search('x');
    await hermes.page.keyboard.press('Escape');
    await types('after search\n');
    await arrives('after search');
    await hermes.page.keyboard.press('Control+Alt+ArrowUp');
    await types('after placing\n');
    await arrives('after placing');
  });

  test('text from the browser is pasted into the app', async () => {
    await hermes.page.evaluate(() => navigator.clipboard.writeText('Grüße, 世界 €5\n'));
    await hermes.page.keyboard.press('Control+Shift+V');
    await arrives('Grüße, 世界 €5');
  });

  test("text copied in the desktop arrives unchanged in the browser's clipboard", async () => {
    await hermes.page.keyboard.press('Control+c');
    await types('clear; echo Zoidberg\n');
    // The window is maximised: its first line is below the bar and its title.
    for (const until = performance.now() + 20_000; performance.now() < until;) {
      await hermes.page.mouse.dblclick(40, 84);
      const copied = await hermes.page.evaluate(() => navigator.clipboard.readText());
      if (copied === 'Zoidberg') return;
    }
    await hermes.photograph('never-copied');
    assert.fail('the text never arrived');
  });

  test('the pointer has the shape of the remote cursor', async () => {
    const shape = (): Promise<string> =>
      hermes.page.evaluate(() => {
        const canvas = document.querySelector('[data-test="screen"] canvas');
        return canvas ? getComputedStyle(canvas).cursor : '';
      });
    await hermes.page.mouse.move(400, 400);
    await hermes.page.mouse.move(401, 401);
    await hermes.page.waitForFunction(() => {
      const canvas = document.querySelector('[data-test="screen"] canvas');
      return canvas !== null && getComputedStyle(canvas).cursor.startsWith('url(');
    });
    const overText = await shape();
    await hermes.page.mouse.move(400, 50);
    await hermes.page.waitForFunction((before) => {
      const canvas = document.querySelector('[data-test="screen"] canvas');
      return canvas !== null && getComputedStyle(canvas).cursor !== before;
    }, overText);
  });

  test('the browser console has no errors', () => {
    assert.deepEqual(hermes.complaints, []);
  });
});
