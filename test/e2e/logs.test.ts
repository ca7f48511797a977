/** Logs in the page, in a terminal and in a file: colours are shown there, control sequences nowhere. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { after, before, suite, test } from 'node:test';
import { missingBrowser, Person } from './person.ts';
import { Product } from './product.ts';
import { Terminal } from './tools.ts';

const noScript = existsSync('/usr/bin/script') ? false : 'script (bsdutils) is not installed';
/**
 * Output with colours, output with harmful control sequences, and a character that reaches the engine in two pieces.
 */
const PRINTED = String.raw`
  printf 'plain \033[31mred\033[0m \033[1;38;5;21mdeep blue\033[0m \033[38;2;20;20;20malmost black\033[0m\n'
  printf '\033]0;owned\007\033]52;c;cm0gLXJmIH4=\007\033[2J\033[9A\033]8;;https://evil.example\033\\link\033]8;;\033\\ hostile\n'
  printf '\342'; sleep 0.3; printf '\202\254 whole\n'
  for i in 1 50 100; do printf "\r$i %%"; done; printf ' loaded\n'
  sleep infinity`;
/** Control characters other than tab and line feed. */
const CONTROLS = /[^\P{Cc}\t\n]/u;
const COLOUR = new RegExp(String.raw`\x1b\[[\d;]*m`, 'g');
const RED = '\u001B[31mred\u001B[0m';

suite('logs', { skip: missingBrowser, timeout: 10 * 60_000 }, () => {
  let product: Product;
  let hermes: Person;
  let terminal: Terminal;
  let launch: string;

  before(async () => {
    product = await Product.start();
    hermes = await Person.at(product);
    terminal = await Terminal.open();
    await hermes.logIn('hermes', 'hermes');
    await hermes.seesDesktop();
    const { code, err } = await terminal.deskpod(['login', 'hermes', '--server', product.address], {
      input: 'hermes\n',
    });
    assert.equal(code, 0, err);
    const args = ['-e', 'bash', '-c', `{ ${PRINTED}; } >/proc/$PPID/fd/1`];
    launch = (await terminal.deskpod(['run', 'terminal', '--', ...args])).out.trim();
  });
  after(async () => {
    await product?.clear();
    await hermes?.[Symbol.asyncDispose]();
    await terminal?.[Symbol.asyncDispose]();
    await product?.[Symbol.asyncDispose]();
  });

  const line = (text: string) => hermes.find('log-line').filter({ hasText: text }).first();

  test('the page shows colours with enough contrast in both themes, and no control sequences', async () => {
    await hermes.opens('tasks');
    await hermes.find('task', `[data-launch="${launch}"]`).click();
    await hermes.find('tab-logs').click();
    await line('100 % loaded').waitFor();
    await line('€ whole').waitFor();
    assert.match(await line('hostile').innerText(), /\S+\s+link hostile$/);
    for (const theme of ['light', 'dark']) {
      await hermes.page.evaluate((name) => (document.documentElement.dataset['theme'] = name), theme);
      for (const [words, weight] of [
        ['red', '400'],
        ['deep blue', '700'],
        ['almost black', '400'],
      ]) {
        const found = await line('plain red')
          .locator('span span')
          .filter({ hasText: words ?? '' })
          .evaluate((span) => {
            const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
            const pixel = (color: string): number[] => {
              if (!canvas) return [];
              canvas.fillStyle = color;
              canvas.fillRect(0, 0, 1, 1);
              return Array.from(canvas.getImageData(0, 0, 1, 1).data.slice(0, 3));
            };
            const luminance = (color: string): number =>
              pixel(color)
                .map((value) => (value <= 10 ? value / 3294 : ((value / 255 + 0.055) / 1.055) ** 2.4))
                .reduce((sum, value, at) => sum + value * ([0.2126, 0.7152, 0.0722][at] ?? 0), 0);
            const log = span.closest('[data-test="log"]');
            const ink = luminance(getComputedStyle(span).color);
            const paper = luminance(log === null ? '' : getComputedStyle(log).backgroundColor);
            const contrast = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
            return { contrast, weight: getComputedStyle(span).fontWeight };
          });
        assert.ok(found.contrast >= 4.4, `${words} in ${theme}: ${found.contrast}`);
        assert.equal(found.weight, weight);
      }
    }
    const [red, plain] = await Promise.all(
      ['span span', 'time + span'].map((part) =>
        line('plain red')
          .locator(part)
          .first()
          .evaluate((span) => getComputedStyle(span).color),
      ),
    );
    assert.notEqual(red, plain);
  });

  test('copies and downloads are plain text', async () => {
    await hermes.find('log-copy').click();
    await hermes.find('log-copy').filter({ hasText: 'Copied' }).waitFor();
    const copied = await hermes.page.evaluate(() => navigator.clipboard.readText());
    const [download] = await Promise.all([hermes.page.waitForEvent('download'), hermes.find('log-download').click()]);
    for (const text of [copied, await readFile(await download.path(), 'utf8')]) {
      assert.match(text, /plain red deep blue almost black\n.* link hostile\n.* € whole\n.* 100 % loaded/);
      assert.doesNotMatch(text, CONTROLS);
    }
  });

  test(
    'a terminal gets colours but no other control sequences; a pipe and NO_COLOR get plain text',
    { skip: noScript },
    async () => {
      const colourful = await terminal.deskpodAtTerminal(['logs', launch], '', { TERM: 'xterm-256color' });
      assert.ok(colourful.out.includes(RED), JSON.stringify(colourful.out));
      assert.doesNotMatch(colourful.out.replaceAll(COLOUR, '').replaceAll('\r\n', ''), CONTROLS);
      const asked = await terminal.deskpodAtTerminal(['logs', launch], '', { TERM: 'xterm-256color', NO_COLOR: '1' });
      const piped = await terminal.deskpod(['logs', launch]);
      for (const { out } of [asked, piped]) {
        assert.match(out, /plain red deep blue/);
        assert.doesNotMatch(out.replaceAll('\r\n', '\n'), CONTROLS);
      }
      assert.ok((await terminal.deskpod(['logs', '--color=always', launch])).out.includes(RED));
    },
  );

  test('a finished launch keeps its colours', async () => {
    assert.equal((await terminal.deskpod(['stop', launch])).code, 0);
    await hermes.find('task', `[data-launch="${launch}"][data-state="finished"]`).waitFor();
    assert.ok((await terminal.deskpod(['logs', '--color=always', launch])).out.includes(RED));
    await line('plain red').locator('span span').first().waitFor();
  });
});
