/** The installed page: the browser accepts its manifest, and `/app/NAME` starts or raises one app. */
import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { after, before, suite, test } from 'node:test';
import { missingBrowser, Person } from './person.ts';
import { Product } from './product.ts';

const BUILD_MS = 4 * 60_000;

suite('the installed page', { skip: missingBrowser, timeout: 10 * 60_000 }, () => {
  let product: Product;
  let hermes: Person;
  before(async () => {
    product = await Product.start(['--demo', '--path', '/desk']);
  });
  after(async () => {
    await hermes?.[Symbol.asyncDispose]();
    await product?.[Symbol.asyncDispose]();
  });

  const manifest = async () => {
    const devtools = await hermes.page.context().newCDPSession(hermes.page);
    const { url, errors, data } = await devtools.send('Page.getAppManifest');
    const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
    await devtools.detach();
    const obstacles = installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito');
    return { url, errors, obstacles, content: JSON.parse(data ?? 'null') };
  };

  test('the link of an app survives the login, starts the app, and is installable as this app', async () => {
    hermes = await Person.at({ address: `${product.address}/desk/app/calculator` });
    await hermes.logIn('Hermes Conrad', 'hermes');
    await hermes.seesDesktop();
    await hermes.seesWindowOf('calculator');
    assert.equal(new URL(hermes.page.url()).pathname, '/desk/app/calculator');
    assert.equal(await hermes.page.title(), 'Calculator');
    const { url, errors, obstacles, content } = await manifest();
    assert.match(url, /\/desk\/api\/v1\/apps\/manifest\?app=calculator$/);
    assert.deepEqual([errors, obstacles], [[], []]);
    assert.deepEqual([content.name, content.start_url], ['Calculator', '/desk/app/calculator']);
  });

  test('the second time, the app is raised, not started again', async () => {
    await hermes.starts('terminal');
    await hermes.page.reload();
    await hermes.seesDesktop();
    await hermes.find('window-title').filter({ hasText: 'galculator' }).waitFor();
    assert.equal(await hermes.find('dock-app', '[data-app="calculator"][data-windows="1"]').count(), 1);
    await hermes.photograph('pwa-raised');
  });

  test('files that the user opens with the installed page are uploaded and opened in the app', async () => {
    const again = await Person.at({ address: `${product.address}/desk/login` });
    await using undo = new AsyncDisposableStack();
    undo.use(again);
    undo.defer(() => rm(product.home('hermes', 'Downloads/from outside.txt'), { force: true }));
    await rm(product.home('hermes', 'Downloads/from outside.txt'), { force: true });
    // A browser without a screen installs no pages: this is the queue that it gives to them.
    await again.page.addInitScript(() => {
      const file = new File(['opened from outside'], 'from outside.txt', { lastModified: 1 });
      const good = { kind: 'file', name: file.name, getFile: async () => file };
      const gone = { ...good, name: 'gone.txt', getFile: () => Promise.reject(new DOMException('', 'NotFoundError')) };
      const setConsumer = (consume: (launch: unknown) => void): void => consume({ files: [good, gone] });
      Object.defineProperty(window, 'launchQueue', { value: { setConsumer } });
    });
    await again.page.goto(`${product.address}/desk/app/text-editor`);
    await again.logIn('Hermes Conrad', 'hermes');
    await again.seesDesktop();
    await again.find('notice').filter({ hasText: 'gone.txt' }).first().waitFor();
    // Its image may have to be built first.
    await again.find('window-title').filter({ hasText: 'from outside.txt' }).waitFor({ timeout: BUILD_MS });
    assert.equal(await again.find('dock-app', '[data-app="text-editor"][data-windows="1"]').count(), 1);
    await again.photograph('pwa-file');
    assert.equal(await readFile(product.home('hermes', 'Downloads/from outside.txt'), 'utf8'), 'opened from outside');
    await hermes.page.goto(`${product.address}/desk/app/text-editor`);
    await hermes.seesDesktop();
    await hermes.page.waitForFunction(() => document.title === 'Text editor');
    const { content, errors } = await manifest();
    assert.deepEqual(errors, []);
    assert.ok(content.file_handlers[0].accept['text/plain'].includes('.txt'));
  });

  test('an app that does not exist is named', async () => {
    await hermes.page.goto(`${product.address}/desk/app/no%20such%20app`);
    await hermes.find('notice').filter({ hasText: 'no such app' }).waitFor();
  });

  test('the page of the desktop is installable below its path', async () => {
    await hermes.page.goto(`${product.address}/desk/`);
    await hermes.seesDesktop();
    const { url, errors, obstacles, content } = await manifest();
    assert.equal(new URL(url).pathname, '/desk/manifest.webmanifest');
    assert.deepEqual([errors, obstacles, content.name], [[], [], 'Deskpod']);
  });
});
