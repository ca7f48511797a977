/** Menus are in the language of the browser if the image has translations of its programs. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { z } from 'zod';
import { buildTestImage } from '../images/build.ts';
import { CatalogueByCurl, documents } from './catalogue-kit.ts';
import { Someone } from './faults-kit.ts';
import { engineApi } from './machine.ts';
import { Product } from './product.ts';

/** An image of ours gets a locale; an image of others keeps its own. */
const IMAGES = ['localhost/deskpod/translated:1', 'localhost/deskpod-test/translated:1'] as const;
const Inspected = z.looseObject({ RepoTags: z.array(z.string()) });
const BUILD_MS = 8 * 60_000;

suite('translated programs', { timeout: 2 * BUILD_MS }, () => {
  let product: Product;
  let catalogue: CatalogueByCurl;

  before(async () => {
    product = await Product.start();
    catalogue = await CatalogueByCurl.of(product);
    // The image with GTK.
    const administrator = await product.administrator();
    await administrator.apps.install('2048-gtk');
    assert.equal((await catalogue.settles('localhost/deskpod/2048-gtk:1')).availability.state, 'ready');
    for (const image of IMAGES) {
      await buildTestImage(engineApi, 'translated', image, AbortSignal.timeout(BUILD_MS));
      const inspected = await engineApi.text('GET', `/images/${encodeURIComponent(image)}/json`);
      const alone = { ...Inspected.parse(JSON.parse(inspected)), RepoTags: [image] };
      documents(await catalogue.send('PUT', [alone]));
      assert.equal((await catalogue.settles(image)).availability.state, 'ready');
    }
  });
  after(async () => {
    await catalogue?.[Symbol.asyncDispose]();
    const [ours] = IMAGES;
    await engineApi.text('DELETE', `/images/${encodeURIComponent(ours)}`);
    await product?.[Symbol.asyncDispose]();
  });

  for (const [languages, titles] of [
    [['de-DE'], ['GTK: Schließen', 'Qt: Rückgängig']],
    // There are no translations for this language: the next one is used.
    [
      ['sw', 'de-AT', 'en'],
      ['GTK: Schließen', 'Qt: Rückgängig'],
    ],
    [
      ['en-GB', 'de'],
      ['GTK: Close', 'Qt: Undo'],
    ],
  ] as const) {
    test(`menus of GTK and Qt for a browser that asks for ${languages.join(', ')}`, async () => {
      await using fry = await Someone.at(product, 'fry');
      await fry.client.desktop.start({ width: 800, height: 600, languages: [...languages] });
      await fry.sees('a running desktop', ({ desktop }) => desktop?.status.state === 'running');
      for (const image of IMAGES) {
        const { id } = await fry.client.launches.start({ app: image });
        const shown = await fry.sees('both windows, or the end', ({ windows, launches }) => {
          const own = windows.filter(({ launchId }) => launchId === id).map(({ title }) => title);
          if (launches.get(id)?.status.state === 'finished') return [];
          return own.length === 2 && own.every((title) => title !== '') && own.toSorted();
        });
        assert.deepEqual(shown, titles, `${image}: ${await fry.client.launches.log(id)}`);
        await fry.client.launches.stop(id);
      }
      await fry.client.session.logout();
    });
  }
});
