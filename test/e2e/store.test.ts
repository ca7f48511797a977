/** The app store: an administrator installs, opens, pins and removes an app; a failure names the package; users see why not. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { isStatus } from '#containers-client/api.ts';
import { isClean } from './axe.ts';
import { engineApi } from './machine.ts';
import { missingBrowser, Person } from './person.ts';
import { Product } from './product.ts';
import { CheckoutWithRecipes } from './store-kit.ts';

const SAMPLES = new Set(['store-sample', 'store-broken']);

suite('the app store', { skip: missingBrowser, timeout: 10 * 60_000 }, () => {
  let checkout: CheckoutWithRecipes;
  let product: Product;
  let hubert: Person;
  let fry: Person;

  before(async () => {
    checkout = await CheckoutWithRecipes.make();
    product = await Product.start(['--demo'], undefined, checkout.root);
    await removeSamples();
    hubert = await Person.at(product);
    await hubert.logIn('Hubert J. Farnsworth', 'professor');
    await hubert.seesDesktop();
    fry = await Person.at(product, { width: 375, height: 720 });
    await fry.logIn('Philip J. Fry', 'fry');
    await fry.seesDesktop();
  });
  after(async () => {
    await hubert?.[Symbol.asyncDispose]();
    await fry?.[Symbol.asyncDispose]();
    if (product !== undefined) await removeSamples();
    await product?.[Symbol.asyncDispose]();
    await checkout?.[Symbol.asyncDispose]();
  });

  /** What an earlier run of the tests left, too. */
  async function removeSamples(): Promise<void> {
    const client = await product.administrator();
    for (const { name, listed } of (await client.apps.store()).apps)
      if (SAMPLES.has(name) && listed) await client.apps.remove(name, true);
    // With its image, the app would be there at once, and out of date.
    await engineApi
      .text('DELETE', '/images/localhost/deskpod/store-sample:1', { query: { force: true } })
      .catch((error: unknown) => {
        if (!isStatus(error, 404)) throw error;
      });
  }

  const card = (person: Person, app: string) => person.find('store-app', `[data-app="${app}"]`);
  const state = (person: Person, app: string, is: string) =>
    card(person, app).locator(`[data-test="store-state"][data-state="${is}"]`).waitFor();

  test('an administrator finds an optional app and watches its installation; others see it, too', async () => {
    await fry.find('dock-app-store').click();
    await state(fry, 'store-sample', 'available');
    assert.equal(await card(fry, 'store-sample').locator('[data-test="store-install"]').count(), 0);
    await fry.find('store-rights').filter({ hasText: 'Only administrators' }).waitFor();
    await fry.photograph('store-phone');
    await hubert.find('dock-app-store').click();
    await hubert.find('shelf-science').click();
    await hubert.find('store-search').fill('sample');
    await hubert.photograph('store');
    await card(hubert, 'store-sample').locator('[data-test="store-install"]').click();
    await card(hubert, 'store-sample').locator('[data-test="store-step"]').filter({ hasText: 'sleep 3' }).waitFor();
    await hubert.photograph('store-installing');
    await state(hubert, 'store-sample', 'installed');
    await state(fry, 'store-sample', 'installed');
    await isClean(hubert, 'store');
  });

  test('its details say what it is; it is pinned, and opens', async () => {
    await card(hubert, 'store-sample').locator('[data-test="store-details"]').click();
    const facts = await hubert.find('store-detail').innerText();
    for (const words of ['1.2', 'MIT', 'Everybody', 'professor', 'in your desktop'])
      assert.ok(facts.includes(words), `${words} in ${facts}`);
    await hubert.find('store-pin').click();
    await hubert.find('store-unpin').waitFor();
    await hubert.photograph('store-detail');
    await isClean(hubert, 'store detail');
    await hubert.find('store-detail').locator('[data-test="store-open"]').click();
    await hubert.seesWindowOf('store-sample');
  });

  test('a failed installation names the package and leaves nothing, and can be tried again', async () => {
    await hubert.find('dock-app-store').click();
    await card(hubert, 'store-broken').locator('[data-test="store-install"]').click();
    const reason = card(hubert, 'store-broken').locator('[data-test="store-reason"]');
    await reason.filter({ hasText: 'deskpod-no-such-package' }).waitFor();
    await hubert.photograph('store-failed');
    await isClean(hubert, 'store failed');
    assert.equal(await card(hubert, 'store-broken').locator('[data-test="store-again"]').count(), 1);
    const listed = await (await product.administrator()).apps.list();
    assert.ok(!listed.some(({ name }) => name === 'store-broken'));
  });

  test('removing an app that somebody uses warns; Undo puts it back, and the command line agrees', async () => {
    await card(hubert, 'store-sample').locator('[data-test="store-details"]').click();
    await hubert.find('store-remove').click();
    await hubert.find('remove-app-confirm').click();
    await hubert.find('remove-app-in-use').filter({ hasText: 'You are using Store sample' }).waitFor();
    await hubert.photograph('store-remove');
    await hubert.find('remove-app-confirm').click();
    await hubert.find('store-detail').locator('[data-state="available"]').waitFor();
    await state(fry, 'store-sample', 'available');
    await hubert.find('notice-action').click();
    await hubert.find('store-detail').locator('[data-state="installed"]').waitFor();
    const client = await product.administrator();
    await client.apps.remove('store-sample', true);
    await hubert.find('store-detail').locator('[data-state="available"]').waitFor();
  });

  test('the store works in the dark, on a phone, and by keyboard', async () => {
    await isClean(fry, 'store phone', ['dark']);
    const wide = await fry.page.evaluate('document.documentElement.scrollWidth > innerWidth');
    assert.equal(wide, false);
    await fry.find('store-search').focus();
    await fry.page.keyboard.type('sample');
    // Tab goes to the first app of the list, which the search replaces a moment later.
    await card(fry, 'writer').waitFor({ state: 'detached' });
    await fry.page.keyboard.press('Tab');
    await fry.page.keyboard.press('Enter');
    await fry.find('store-detail').waitFor();
    await fry.page.keyboard.press('Enter');
    await fry.find('store-search').waitFor();
    await fry.find('store-search').fill('nothing like this');
    await fry.find('store-none').waitFor();
    await fry.page.keyboard.press('Escape');
    await fry.find('app-store-page').waitFor({ state: 'detached' });
    assert.deepEqual([...hubert.complaints, ...fry.complaints], []);
  });
});
