/** A screen whose network is lost for a while: it is the same screen afterwards, and what was typed arrives once. */
import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { after, before, suite, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from '#client/client.ts';
import { eventually } from './faults-kit.ts';
import { difference, missingBrowser, Person } from './person.ts';
import { Product } from './product.ts';
import { Wire } from './wire.ts';

const WORDS = 'the quick brown fox jumps over the lazy dog ';

suite('a screen whose network is lost', { skip: missingBrowser, timeout: 10 * 60_000 }, () => {
  let product: Product;
  let wire: Wire;
  let hermes: Person;
  let file: string;

  before(async () => {
    product = await Product.start();
    file = product.home('hermes', 'typed');
    await rm(file, { force: true });
    wire = await Wire.to(product.address);
    hermes = await Person.at(wire);
    await hermes.logIn('hermes', 'hermes');
    await hermes.seesDesktop();
    await hermes.starts('terminal');
    await hermes.find('key-field').focus();
    await hermes.page.keyboard.type('cat > typed\n');
    await eventually('the terminal writes what is typed', async () => ((await typed()) === null ? null : true));
  });
  after(async () => {
    await product?.clear();
    await hermes?.[Symbol.asyncDispose]();
    await wire?.[Symbol.asyncDispose]();
    await rm(file, { force: true });
    await product?.[Symbol.asyncDispose]();
  });

  async function typed(): Promise<string | null> {
    return readFile(file, 'latin1').catch(() => null);
  }

  async function isShown(state: 'connected' | 'reconnecting'): Promise<void> {
    await hermes.page.locator(`html[data-screen="${state}"]`).waitFor({ state: 'attached' });
  }

  /** Types while the network is lost for `ms`, before and after. */
  async function typesAcross(ms: number): Promise<string> {
    const expected: string[] = [];
    const type = async (text: string): Promise<void> => {
      expected.push(text);
      await hermes.page.keyboard.type(text, { delay: 5 });
    };
    const typing = type(`before ${WORDS}`);
    await delay(100);
    wire.cut();
    await typing;
    await isShown('reconnecting');
    const until = performance.now() + ms;
    while (performance.now() < until) await type(WORDS);
    wire.join();
    await type('after\n');
    return expected.join('');
  }

  for (const seconds of [1, 10]) {
    test(`${seconds} s later, everything that was typed has arrived once, over the same connection to the desktop`, async () => {
      const before = (await typed()) ?? '';
      const expected = await typesAcross(seconds * 1_000);
      await isShown('connected');
      await eventually('the typed text has arrived', async () => ((await typed())?.endsWith('after\n') ? true : null));
      assert.equal((await typed())?.slice(before.length), expected);
      assert.equal(product.log.filter((line) => line.includes('screen connected')).length, 1);
    });
  }

  test('a connection over which nothing passes any more is replaced', async () => {
    wire.stall();
    await hermes.page.keyboard.type('over another connection\n');
    await eventually('the typed text has arrived', async () =>
      (await typed())?.endsWith('over another connection\n') ? true : null,
    );
    await isShown('connected');
  });

  test('the picture goes on, too', async () => {
    const before = await hermes.pixels();
    wire.cut();
    await isShown('reconnecting');
    wire.join();
    await isShown('connected');
    await hermes.page.keyboard.type('\n\n\nand here it is\n');
    await hermes.seesPixels('the new lines', (pixels) => difference(before, pixels) > 100);
  });

  test('a session that ended meanwhile ends the screen', async () => {
    wire.cut();
    await isShown('reconnecting');
    const cookies = await hermes.page.context().cookies();
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    const withCookie: typeof fetch = (url, init) =>
      fetch(url, { ...init, headers: { ...Object.fromEntries(new Headers(init?.headers)), cookie } });
    await createClient({ baseUrl: product.address, fetch: withCookie }).session.logout();
    await eventually('the gateway has closed it', async () =>
      product.log.some((line) => line.includes('screen closed')) ? true : null,
    );
    wire.join();
    await hermes.find('login').waitFor();
  });
});
