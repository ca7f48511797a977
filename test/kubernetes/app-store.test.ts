/** The app store on a cluster: what isn't in the catalogue is offered, and comes from the registry. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { missingBrowser, Person } from '../e2e/person.ts';
import { Product } from '../e2e/product.ts';
import { noCluster } from './install-kit.ts';

/** Under this name, `npm run test:kubernetes` pushes its image as the catalogue of the product has it. */
const APP = '2048-alpine';

suite('the app store on a cluster', { skip: noCluster || missingBrowser, timeout: 10 * 60_000 }, () => {
  let product: Product;
  let hubert: Person;

  before(async () => {
    product = await Product.start();
    hubert = await Person.at(product);
    await hubert.logIn('Hubert J. Farnsworth', 'professor');
    await hubert.seesDesktop();
  });
  after(async () => {
    await product?.clear();
    await hubert?.[Symbol.asyncDispose]();
    await product?.[Symbol.asyncDispose]();
  });

  test('an administrator installs an app from the registry, opens it, and removes it', async () => {
    const card = hubert.find('store-app', `[data-app="${APP}"]`);
    const state = (is: string): Promise<void> =>
      card.locator(`[data-test="store-state"][data-state="${is}"]`).waitFor();
    await hubert.find('dock-app-store').click();
    await state('available');
    await card.locator('[data-test="store-install"]').click();
    await state('installed');
    await hubert.photograph('store-cluster');
    const facts = (await (await product.administrator()).apps.store()).apps.find(({ name }) => name === APP);
    assert.ok(facts?.id.startsWith(`${product.registry}/`), facts?.id);
    // Not the button that has just been clicked: that takes a second click so soon for a double click.
    await card.locator('[data-test="store-details"]').click();
    await hubert.find('store-detail').locator('[data-test="store-open"]').click();
    await hubert.seesWindowOf(APP);
    await hubert.find('dock-app-store').click();
    await card.locator('[data-test="store-details"]').click();
    await hubert.find('store-remove').click();
    await hubert.find('remove-app-confirm').click();
    await hubert.find('remove-app-in-use').waitFor();
    await hubert.find('remove-app-confirm').click();
    await hubert.find('store-detail').locator('[data-state="available"]').waitFor();
    assert.deepEqual(hubert.complaints, []);
  });
});
