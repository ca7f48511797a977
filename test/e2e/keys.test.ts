/** The bytes that a terminal in the desktop reads: shortcuts of any layout, a Mac keyboard, and a lost connection. */
import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { after, before, suite, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { missingBrowser, Person } from './person.ts';
import { Product } from './product.ts';
import { type Chord, pressChord, pretendPlatform } from './typing.ts';
import { Wire } from './wire.ts';

const ctrl = (key: string, code: string, more: Chord['held'] = []): Chord => ({
  key,
  code,
  held: ['Control', ...more],
});
const command = (key: string, code: string): Chord => ({ key, code, held: ['Meta'] });

suite('input of a terminal in the desktop', { skip: missingBrowser, timeout: 10 * 60_000 }, () => {
  let product: Product;
  let hermes: Person;
  let wire: Wire;
  /** What the terminal read. */
  let bytes: string;
  let seen = 0;

  before(async () => {
    product = await Product.start();
    bytes = product.home('hermes', 'bytes');
    await rm(bytes, { force: true });
    wire = await Wire.to(product.address);
    hermes = await Person.at(wire);
    await hermes.logIn('hermes', 'hermes');
    await hermes.seesDesktop();
    await hermes.starts('terminal');
    await types('stty raw -echo; cat > bytes\n');
    // Polls until the terminal is ready; earlier input goes to the shell.
    for (const until = performance.now() + 20_000; performance.now() < until; await delay(50)) {
      await types('.');
      if ((await read()).includes('.')) break;
    }
    seen = (await quiet()).length;
  });
  after(async () => {
    await product?.clear();
    await hermes?.[Symbol.asyncDispose]();
    await wire?.[Symbol.asyncDispose]();
    await rm(bytes, { force: true });
    await product?.[Symbol.asyncDispose]();
  });

  async function types(text: string): Promise<void> {
    for (const key of text) await hermes.page.keyboard.press(key === '\n' ? 'Enter' : key);
  }

  async function isAway(): Promise<void> {
    await hermes.page.locator('html[data-screen="reconnecting"]').waitFor({ state: 'attached' });
  }

  async function isBack(): Promise<void> {
    await hermes.page.locator('html[data-screen="connected"]').waitFor({ state: 'attached' });
  }

  async function read(): Promise<string> {
    return readFile(bytes, 'latin1').catch(() => '');
  }

  /** Resolves when no more input arrives. */
  async function quiet(): Promise<string> {
    for (let last = await read(); ;) {
      await delay(300);
      const now = await read();
      if (now === last) return now;
      last = now;
    }
  }

  /** Asserts that exactly these bytes come next. A letter marks the end. */
  async function reads(expected: string, what: string, patienceMs = 20_000): Promise<void> {
    await types('.');
    let now = '';
    for (const until = performance.now() + patienceMs; performance.now() < until; await delay(20)) {
      now = (await read()).slice(seen);
      if (now.endsWith('.')) break;
    }
    seen += now.length;
    assert.equal(JSON.stringify(now), JSON.stringify(`${expected}.`), what);
  }

  test('Ctrl and Alt work with keys of Russian, Greek, Hebrew, Thai and Arabic layouts', async () => {
    for (const [chord, expected] of [
      [ctrl('с', 'KeyC'), '\u0003'],
      [ctrl('я', 'KeyZ'), '\u001A'],
      [ctrl('α', 'KeyA'), '\u0001'],
      [ctrl('ג', 'KeyD'), '\u0004'],
      [ctrl('แ', 'KeyC'), '\u0003'],
      [ctrl('ؤ', 'KeyC'), '\u0003'],
      [ctrl('х', 'BracketLeft'), '\u001B'],
      [{ key: 'и', code: 'KeyB', held: ['Alt'] }, '\u001Bb'],
    ] as const) {
      await pressChord(hermes.page, chord);
      await reads(expected, chord.key);
    }
  });

  test('Ctrl+V of a Russian layout puts the pasted text into the clipboard, then presses V', async () => {
    await pressChord(hermes.page, ctrl('м', 'KeyV'), 'вставлено');
    await reads('\u0016', 'Ctrl+V');
    // Ctrl+Shift+V pastes in the terminal.
    await pressChord(hermes.page, ctrl('М', 'KeyV', ['Shift']), 'вставлено');
    const pasted = Buffer.from('вставлено').toString('latin1');
    for (const until = performance.now() + 20_000; performance.now() < until && !(await read()).endsWith(pasted);)
      await delay(20);
    await reads(pasted, 'Ctrl+Shift+V');
  });

  test('Command on a Mac acts as Ctrl, alone and with a paste of the browser, and leaves no key pressed', async () => {
    await pretendPlatform(hermes.page, 'MacIntel');
    await pressChord(hermes.page, command('c', 'KeyC'));
    await reads('\u0003', 'Command+C');
    await pressChord(hermes.page, command('a', 'KeyA'));
    await reads('\u0001', 'Command+A');
    await pressChord(hermes.page, command('v', 'KeyV'), 'text');
    await reads('\u0016', 'Command+V');
    await pressChord(hermes.page, command('с', 'KeyC'));
    await reads('\u0003', 'Command+C with Cyrillic letters');
    await pretendPlatform(hermes.page, 'Linux x86_64');
  });

  test("text from the browser's menu is pasted whichever modifiers are held", async () => {
    await hermes.page.keyboard.down('Alt');
    await hermes.page.evaluate(() => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', 'text');
      const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
      document.activeElement?.dispatchEvent(event);
    });
    await hermes.page.keyboard.up('Alt');
    await reads('\u0016', 'Ctrl+V, without Alt');
  });

  test('text of more than 1 MiB is refused with its size, nothing is pasted, and the screen stays connected', async () => {
    const states = hermes.page.evaluate(
      () =>
        new Promise<string[]>((resolve) => {
          const seen: string[] = [];
          const root = document.documentElement;
          const observer = new MutationObserver(() => seen.push(root.dataset['screen'] ?? ''));
          observer.observe(root, { attributeFilter: ['data-screen'] });
          addEventListener('test-over', () => resolve(seen), { once: true });
        }),
    );
    await pressChord(hermes.page, ctrl('v', 'KeyV'), 'x'.repeat(1_600_000));
    const notice = hermes.find('notice').filter({ hasText: '1.6 MiB; limit 1 MiB' });
    await notice.waitFor();
    await notice.getByRole('button', { name: 'Dismiss' }).click();
    await hermes.find('key-field').focus();
    await reads('', 'nothing');
    await hermes.page.evaluate(() => dispatchEvent(new Event('test-over')));
    assert.deepEqual(await states, []);
  });

  test('keys typed while the screen is disconnected arrive before later ones, with their modifiers', async () => {
    await types('before ');
    await hermes.page.keyboard.down('Shift');
    await reads('before ', 'with a connection');
    wire.cut();
    await isAway();
    await types('ABC');
    await hermes.page.keyboard.up('Shift');
    await types('abc');
    await hermes.page.keyboard.down('Control');
    await types('a');
    await hermes.page.keyboard.up('Control');
    wire.join();
    await types('after');
    await isBack();
    await reads('ABCabc\u0001after', 'across the break');
  });

  test('a modifier that is held during a reconnect stays pressed, and one that was released does not', async () => {
    await hermes.page.keyboard.down('Control');
    wire.cut();
    await isAway();
    wire.join();
    await isBack();
    await types('e');
    await hermes.page.keyboard.up('Control');
    await reads('\u0005', 'still held');
    await hermes.page.keyboard.down('Control');
    wire.cut();
    await isAway();
    await hermes.page.keyboard.up('Control');
    wire.join();
    await isBack();
    await types('e');
    await reads('e', 'released meanwhile');
  });

  test('the browser console has no errors', () => {
    assert.deepEqual(hermes.complaints, []);
  });
});
