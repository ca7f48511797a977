/** Files and links that a program in the desktop opens start the right app in a container of its own. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { createClient } from '#client/client.ts';
import { isClean, PHONE } from './axe.ts';
import { eventually } from './faults-kit.ts';
import { missingBrowser, Person } from './person.ts';
import { Product } from './product.ts';

suite('opening files and links', { skip: missingBrowser, timeout: 20 * 60_000 }, () => {
  let product: Product;
  let hermes: Person;
  before(async () => {
    product = await Product.start(['--demo']);
    // Of a desktop that ended with an editor in it, which would ask about it.
    await rm(product.home('hermes', '.local/share/Mousepad'), { recursive: true, force: true });
    hermes = await Person.at(product);
    await hermes.logIn('Hermes Conrad', 'hermes');
    await hermes.seesDesktop();
    await hermes.starts('terminal');
  });
  after(async () => {
    await hermes?.[Symbol.asyncDispose]();
    await product?.[Symbol.asyncDispose]();
  });

  /** In the terminal app, a window of the desktop. */
  const types = async (command: string, person = hermes): Promise<void> => {
    if ((await person.find('window-title').innerText()) !== 'Terminal') await person.turnsTo('terminal', 'Terminal');
    await person.find('screen').locator('canvas').focus();
    await person.page.keyboard.type(`${command}\n`);
  };
  const title = (text: string): Promise<void> => hermes.find('window-title').filter({ hasText: text }).waitFor();
  const client = () => {
    const { address } = product;
    return createClient({
      baseUrl: address,
      fetch: async (url, init) => {
        const cookies = await hermes.page.context().cookies();
        const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
        return fetch(url, { ...init, headers: { ...Object.fromEntries(new Headers(init?.headers)), cookie } });
      },
    });
  };
  /** Those that run: an earlier run of the tests leaves finished ones. */
  const launchesOf = async (app: string) =>
    (await client().launches.list()).filter(
      ({ appId, status }) => appId === `localhost/deskpod/${app}:1` && status.state !== 'finished',
    );

  test('xdg-open of a text file opens it in the text editor, in a container of its own', async () => {
    await types('echo hello > ~/note.txt; xdg-open ~/note.txt');
    await hermes.seesWindowOf('text-editor');
    await title('note.txt');
    const [launch] = await launchesOf('text-editor');
    assert.deepEqual(launch?.args, ['/home/hermes/note.txt']);
    await hermes.photograph('open-with-note');
  });

  test('several requests at once are all answered, whatever is in the names', async () => {
    const files = `'a b.md' "it's.txt" $'\\u00fc.txt'`;
    await types(`cd; touch ${files}; for file in ${files}; do xdg-open "$file" & done`);
    const names = await eventually('three more editors', async () => {
      const args = (await launchesOf('text-editor')).flatMap((launch) => launch.args);
      return args.length === 4 ? args : null;
    });
    const expected = ['a b.md', "it's.txt", 'note.txt', 'ü.txt'].map((name) => `/home/hermes/${name}`);
    assert.deepEqual(new Set(names), new Set(expected));
    for (const { id } of await launchesOf('text-editor')) await client().launches.stop(id);
  });

  test('a file outside the home folder is refused where it was asked for', async () => {
    await types('xdg-open /etc/passwd 2> ~/refused; xdg-open ~/nothing 2>> ~/refused; echo >> ~/refused');
    const text = await eventually('both refusals', async () => {
      const read = await readFile(product.home('hermes', 'refused'), 'utf8').catch(() => '');
      return read.endsWith('\n\n') ? read : null;
    });
    assert.match(text, /\/etc\/passwd is not in your home folder[^]*there is no file \/home\/hermes\/nothing/);
  });

  test('a link opens in the browser of the desktop', async () => {
    await types('xdg-open http://localhost:1/deskpod-link');
    await hermes.seesWindowOf('firefox');
    const [launch] = await launchesOf('firefox');
    assert.deepEqual(launch?.args, ['http://localhost:1/deskpod-link']);
    await types('xdg-open http://localhost:1/another');
    await hermes.find('dock-app', '[data-app="firefox"][data-windows="2"]').waitFor();
    // Not “Close Firefox”: the second one has a profile of its own.
    await title('Mozilla Firefox');
    // A browser that is still starting would take the focus from what comes next.
    for (const one of await launchesOf('firefox')) await client().launches.stop(one.id);
    await hermes.find('dock-app', '[data-app="firefox"]:not([data-windows="0"])').waitFor({ state: 'detached' });
  });

  test('of several apps, the user chooses one, and always that one from then on', async () => {
    const entry = await readFile(join(import.meta.dirname, '../../catalogue/text-editor.d.3.0.json'), 'utf8');
    const second = entry
      .replace('localhost/deskpod/text-editor.d:3.0', 'localhost/deskpod/second-editor:1')
      .replace('"oc.name": "text-editor"', '"oc.name": "second-editor"')
      .replace('"oc.displayname": "Text editor"', '"oc.displayname": "Second editor"');
    const headers = { 'content-type': 'text/javascript' };
    const url = `${product.address}/API/manager/image`;
    assert.equal((await fetch(url, { method: 'PUT', headers, body: second })).status, 200);
    await using undo = new AsyncDisposableStack();
    undo.defer(async () => {
      await fetch(`${url}/localhost/deskpod/second-editor:1`, { method: 'DELETE' });
      await client().preferences.put({ ...(await client().preferences.get()), openWith: {} });
    });
    await types('echo one > ~/choice.md; echo two > ~/other.txt; xdg-open ~/other.txt; xdg-open ~/choice.md');
    await hermes.find('open-with').filter({ hasText: 'other.txt' }).waitFor();
    await hermes.find('open-with-cancel').click();
    await hermes.find('open-with').filter({ hasText: 'choice.md' }).waitFor();
    await hermes.photograph('open-with-choice');
    await hermes.find('open-with-always').check();
    await hermes.find('open-with-app', '[data-app="second-editor"]').click();
    await hermes.seesWindowOf('second-editor');
    const isKept = async () => (await client().preferences.get()).openWith['.md'] ?? null;
    assert.equal(await eventually('the default is kept', isKept), 'localhost/deskpod/second-editor:1');
    await types('xdg-open ~/choice.md');
    await eventually('a second launch', async () => ((await launchesOf('second-editor')).length === 2 ? true : null));
    assert.equal(await hermes.find('open-with').count(), 0);
    for (const { id } of await launchesOf('second-editor')) await client().launches.stop(id);

    await hermes.opens('default-apps');
    const row = hermes.find('default-app', '[data-kind=".md"]');
    await row.locator('option', { hasText: 'Second editor' }).waitFor({ state: 'attached' });
    await isClean(hermes, 'default apps');
    await isClean(hermes, 'default apps phone', ['light'], PHONE);
    await row.locator('select').selectOption({ label: 'Text editor' });
    await eventually('the other app is kept', async () =>
      (await isKept()) === 'localhost/deskpod/text-editor:1' ? true : null,
    );
    await row.locator('select').selectOption({ label: 'Second editor' });
    await eventually('the first is kept again', async () =>
      (await isKept()) === 'localhost/deskpod/second-editor:1' ? true : null,
    );
    await fetch(`${url}/localhost/deskpod/second-editor:1`, { method: 'DELETE' });
    await row.locator('option', { hasText: 'no longer available' }).waitFor({ state: 'attached' });
    await hermes.photograph('default-apps-gone');
    await row.locator('[data-test="default-app-remove"]').click();
    await hermes.find('default-apps-empty').waitFor();
    await eventually('the default is removed', async () => ((await isKept()) === null ? true : null));
    await hermes.find('settings-close').click();
  });

  test('the search finds a file in any folder, and Enter opens it in its app', async () => {
    await types(`mkdir -p ~/deep/er && echo x > ~/deep/er/$'Quarterly r\\u00e9sum\\u00e9.txt'`);
    const file = product.home('hermes', 'deep/er', 'Quarterly résumé.txt');
    await eventually('the file is there', async () => (existsSync(file) ? true : null));
    await hermes.search('quarterly resume');
    const found = hermes.find('search-result', '[data-kind="file"]').filter({ hasText: 'Quarterly' });
    await found.waitFor();
    await hermes.photograph('search-files');
    await hermes.page.keyboard.press('Enter');
    await title('Quarterly résumé.txt');
    await hermes.search('quarterly');
    await found.waitFor();
    // After the window that shows it.
    await hermes.page.keyboard.press('ArrowDown');
    await hermes.find('search-result', '[data-kind="file"][aria-selected="true"]').waitFor();
    await hermes.page.keyboard.press('Tab');
    await hermes.page.keyboard.press('Enter');
    await hermes.find('files-page', '[data-place="deep/er"]').waitFor();
    await hermes.find('file', '[data-name="Quarterly résumé.txt"][aria-selected="true"]').waitFor();
    await hermes.find('files-close').click();
    for (const { id } of await launchesOf('text-editor')) await client().launches.stop(id);
  });

  test('a GTK program opens a link with its help key, in the browser', async () => {
    await types('echo x > ~/help.txt; xdg-open ~/help.txt');
    await title('help.txt');
    await hermes.find('screen').locator('canvas').focus();
    await hermes.page.keyboard.press('F1');
    await eventually('a browser for the link', async () => {
      const links = (await launchesOf('firefox')).flatMap(({ args }) => args);
      return links.some((link) => link.startsWith('https://docs.xfce.org/')) ? true : null;
    });
    await hermes.photograph('open-with-gtk');
  });

  test('with the policy browser, a link is a notice for the user’s own browser', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'deskpod-open-'));
    await writeFile(join(folder, 'config.yaml'), 'links:\n  open: browser\n');
    await hermes[Symbol.asyncDispose]();
    await product[Symbol.asyncDispose]();
    try {
      product = await Product.start(['--demo', '--config', join(folder, 'config.yaml')]);
      hermes = await Person.at(product);
      await hermes.logIn('Hermes Conrad', 'hermes');
      await hermes.seesDesktop();
      await hermes.starts('terminal');
      await types("xdg-open 'https://example.org/?a=1&b=2'");
      const link = hermes.find('notice-link');
      await link.waitFor();
      await hermes.photograph('open-with-link');
      assert.equal(await link.getAttribute('href'), 'https://example.org/?a=1&b=2');
      assert.deepEqual(await launchesOf('firefox'), []);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
