/** What an X program receives of keyboards: a part of `npm run test:keyboards`, which tries all layouts on all systems. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { LAYOUTS } from '../keyboards/layouts.ts';
import { Listener } from '../keyboards/listener.ts';
import type { System } from '../keyboards/systems.ts';
import { Trials } from '../keyboards/trials.ts';
import { missingBrowser, Person } from './person.ts';
import { Product } from './product.ts';

/** Each kind of layout, and each system. */
const SAMPLE: Readonly<Record<string, readonly System[]>> = {
  German: ['windows', 'mac'],
  'French AZERTY': ['linux'],
  'US international': ['windows'],
  Russian: ['linux', 'mac'],
  Hebrew: ['windows'],
  Arabic: ['windows'],
  Greek: ['linux'],
  'Japanese 106': ['windows'],
};

suite('keyboards', { skip: missingBrowser, timeout: 10 * 60_000 }, () => {
  let product: Product;
  let hermes: Person;
  let trials: Trials;

  before(async () => {
    product = await Product.start();
    hermes = await Person.at(product);
    await hermes.logIn('hermes', 'hermes');
    await hermes.seesDesktop();
    trials = await Trials.with(await Listener.start(hermes, product.home('hermes', 'keys')));
  });
  after(async () => {
    await product?.clear();
    await hermes?.[Symbol.asyncDispose]();
    await product?.[Symbol.asyncDispose]();
  });

  for (const layout of LAYOUTS.filter(({ name }) => Object.hasOwn(SAMPLE, name)))
    test(`${layout.name}: every key types what the layout means, and shortcuts work`, async () => {
      const { result, wrong } = await trials.layout(layout, SAMPLE[layout.name]);
      assert.deepEqual(wrong, []);
      assert.ok(result.characters.tried > 60 && result.shortcuts.tried > 20, JSON.stringify(result));
    });

  test('keys repeat, locks follow the keyboard, input methods compose, and no key stays pressed', async () => {
    assert.deepEqual((await trials.behaviour()).wrong, []);
  });

  test('what Firefox and Safari report differently means the same', async () => {
    assert.deepEqual((await trials.firefox()).wrong, []);
    assert.deepEqual((await trials.webkit()).wrong, []);
  });

  test('the browser console has no errors', () => {
    assert.deepEqual(hermes.complaints, []);
  });
});
