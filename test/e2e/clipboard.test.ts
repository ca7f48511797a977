/** Text too large to leave the desktop: neither clipboard offers older text in its place. */
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { after, before, suite, test } from 'node:test';
import type { WebSocket } from 'playwright-core';
import { SCREEN_PATH } from '#protocol/screen.ts';
import { eventually } from './faults-kit.ts';
import { missingBrowser, Person } from './person.ts';
import { Product } from './product.ts';

/** xterm drops longer sequences; the default limit is a few hundred kilobytes. */
const LONGEST_SEQUENCE = 9_000_000;
/** Makes xterm copy the output of a command. Like many programs, xterm transfers large text in pieces (INCR). */
const COPIES = (command: string): string =>
  `xterm -xrm '*disallowedWindowOps: ' -xrm '*maxStringParse: ${LONGEST_SEQUENCE}' -e sh -c 'printf "\\033]52;c;%s\\007" "$(${command} | base64 -w0)"; sleep 600' &`;
const WAITS_FOR = (file: string): string => `while [ ! -e ${basename(file)} ]; do sleep .2; done;`;

/** The action of RFB's extended clipboard in a message from the page; null for any other message. */
type Action = 'asks for text' | 'has text' | null;
function actionOf({ payload }: { readonly payload: string | Buffer }): Action {
  if (typeof payload === 'string' || payload[0] !== 6) return null;
  return payload[8] === 2 ? 'asks for text' : payload[8] === 8 ? 'has text' : null;
}

suite('copying large text in the desktop', { skip: missingBrowser, timeout: 10 * 60_000 }, () => {
  let product: Product;
  let hermes: Person;
  let screen: WebSocket;
  /** Creating these files triggers the second and the third copy. */
  let large: string;
  let later: string;

  before(async () => {
    product = await Product.start();
    large = product.home('hermes', 'copy-large');
    later = product.home('hermes', 'copy-after');
    for (const file of [large, later]) await rm(file, { force: true });
    hermes = await Person.at(product);
    const opened = hermes.page.waitForEvent('websocket', (socket) => new URL(socket.url()).pathname === SCREEN_PATH);
    await hermes.logIn('hermes', 'hermes');
    await hermes.seesDesktop();
    screen = await opened;
    await hermes.starts('terminal');
  });
  after(async () => {
    await product?.clear();
    await hermes?.[Symbol.asyncDispose]();
    for (const file of [large, later]) await rm(file, { force: true });
    await product?.[Symbol.asyncDispose]();
  });

  const here = (): Promise<string> => hermes.page.evaluate(() => navigator.clipboard.readText());
  const comes = async (text: string): Promise<unknown> =>
    eventually(`“${text}” is here`, async () => ((await here()) === text ? text : null));

  test('small text reaches the browser automatically', async () => {
    await hermes.find('key-field').focus();
    const much = COPIES('head -c 1200000 /dev/zero | tr "\\0" a');
    await hermes.page.keyboard.type(
      `${COPIES('printf small')} ${WAITS_FOR(large)} ${much} ${WAITS_FOR(later)} ${COPIES('printf after')}\n`,
    );
    await comes('small');
  });

  test('larger text is reported, does not leave the older text in the clipboard, and does not disconnect the screen', async () => {
    const asks = screen.waitForEvent('framesent', (frame) => actionOf(frame) === 'asks for text');
    const pasted: unknown[] = [];
    screen.on('framesent', (frame) => actionOf(frame) === 'has text' && pasted.push(frame));
    await writeFile(large, '');
    try {
      await asks;
      // The browser doesn't know yet that the text can't be transferred, but its own text is already outdated.
      await hermes.page.keyboard.press('Control+V');
      await hermes.find('notice').filter({ hasText: 'can’t be transferred' }).waitFor();
    } finally {
      await hermes.photograph('large-copy');
    }
    assert.equal(await here(), '');
    await hermes.page.keyboard.press('Control+V');
    assert.deepEqual(pasted, [], 'the small text replaced the large one');
    assert.equal(await hermes.page.locator('html').getAttribute('data-screen'), 'connected');
  });

  test('small text copied afterwards reaches the browser again', async () => {
    await writeFile(later, '');
    await comes('after');
  });
});
