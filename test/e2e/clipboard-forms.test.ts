/** Pictures and formatted text between a real browser and a real X program, with and without the browser's permission. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chown, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { after, before, suite, test } from 'node:test';
import { copyMarkup, drawPicture, elsewhere, readForm, readPixels } from './clipboard-kit.ts';
import { onlyOn } from './engine.ts';
import { eventually } from './faults-kit.ts';
import { FilesPanel } from './files-kit.ts';
import { missingBrowser, Person } from './person.ts';
import { Product } from './product.ts';

/** Runs in the desktop: the terminal's image has its libraries. */
const XCLIP = '/usr/bin/xclip';
const missing = missingBrowser || (existsSync(XCLIP) ? false : 'xclip is not installed');

/** Half a megabyte: more than one piece of an X transfer. */
const SIDE = 420;
const BUILD_MS = 4 * 60_000;

suite('copying pictures and formatted text', { skip: missing, timeout: 10 * 60_000 }, () => {
  let product: Product;
  let hermes: Person;
  let commands = 0;
  const files = ['xclip', 'here.png', 'there.png', 'there.html', 'here.html', 'there.txt', 'here.list'];

  before(async () => {
    product = await Product.start();
    await forgetFiles();
    hermes = await Person.at(product);
    await hermes.logIn('hermes', 'hermes');
    await hermes.seesDesktop();
    await give('xclip', await readFile(XCLIP), 0o755);
    await hermes.starts('terminal');
    await hermes.find('key-field').focus();
  });
  after(async () => {
    await product?.clear();
    await hermes?.[Symbol.asyncDispose]();
    await forgetFiles();
    await product?.[Symbol.asyncDispose]();
  });

  async function forgetFiles(): Promise<void> {
    for (const file of files) await rm(product.home('hermes', file), { force: true });
  }

  /** Puts a file into the user's home. */
  async function give(name: string, data: Buffer | string, mode = 0o644): Promise<void> {
    const path = product.home('hermes', name);
    await writeFile(path, data, { mode });
    const { uid, gid } = await stat(product.home('hermes'));
    await chown(path, uid, gid);
  }

  /** Types a command into the terminal, and waits until it has ended. */
  async function run(command: string): Promise<void> {
    commands += 1;
    const done = product.home('hermes', `done-${commands}`);
    await rm(done, { force: true });
    await hermes.find('key-field').focus();
    await hermes.page.keyboard.type(`${command}; touch done-${commands}\n`);
    await eventually(`${command} has ended`, async () => (existsSync(done) ? true : null));
    await rm(done);
  }

  /** The pixels of the picture in the browser's clipboard. */
  const pixelsHere = (): Promise<string | null> => hermes.page.evaluate(readPixels, null);
  const pixelsOf = (png: Buffer): Promise<string | null> => hermes.page.evaluate(readPixels, png.toString('base64'));
  const htmlHere = (): Promise<string | null> => hermes.page.evaluate(readForm, 'text/html');
  const copyPicture = (): Promise<void> =>
    elsewhere(hermes, async (page) => {
      await page.evaluate(drawPicture, { side: SIDE, type: 'image/png', how: 'copied' } as const);
    });

  /** Pastes with the browser's shortcut, then asks the X clipboard what it has. */
  async function pasted(target: string, file: string): Promise<Buffer> {
    await hermes.page.keyboard.press('Control+V');
    await run(`./xclip -selection clipboard -o -t ${target} > ${file}`);
    return await readFile(product.home('hermes', file));
  }

  test('a picture copied in the desktop is in the browser’s clipboard', async () => {
    const picture = await hermes.page.evaluate(drawPicture, {
      side: SIDE,
      type: 'image/png',
      how: 'returned',
    } as const);
    const png = Buffer.from(picture, 'base64');
    assert.ok(png.length > 500_000, `the picture has ${png.length} bytes`);
    await give('here.png', png);
    await run('./xclip -selection clipboard -t image/png -i here.png');
    const wanted = await pixelsOf(png);
    await eventually('the picture is here', async () => ((await pixelsHere()) === wanted ? true : null));
  });

  test('pasting it back in the desktop leaves what the app copied: it is the same', async () => {
    const got = await pasted('image/png', 'there.png');
    assert.deepEqual(got, await readFile(product.home('hermes', 'here.png')));
  });

  test('a picture copied on this computer is pasted in the desktop, pixel by pixel', async () => {
    await copyPicture();
    const wanted = await pixelsHere();
    const got = await pasted('image/png', 'there.png');
    assert.ok(got.length > 500_000, `${got.length} bytes arrived`);
    assert.equal(await pixelsOf(got), wanted);
  });

  test('a JPEG arrives as PNG', async () => {
    await hermes.find('key-field').focus();
    await hermes.page.evaluate(drawPicture, { side: 64, type: 'image/jpeg', how: 'pasted' } as const);
    await eventually('the picture is there', async () => {
      await run('./xclip -selection clipboard -o -t image/png > there.png');
      const got = await readFile(product.home('hermes', 'there.png'));
      return got.subarray(1, 4).toString() === 'PNG' && got.readUInt32BE(16) === 64 ? true : null;
    });
  });

  test('formatted text copied in the desktop is here with its text, without scripts', async () => {
    const markup = '<p>one <b>two</b> <a href="javascript:steal()">three</a><script>steal()</script></p>';
    await give('here.html', markup);
    await run('./xclip -selection clipboard -t text/html -i here.html');
    const html = await eventually('the formatted text is here', async () => {
      const found = await htmlHere();
      return found?.includes('<b') ? found : null;
    });
    assert.match(html, /one <b[^>]*>two<\/b>/);
    assert.doesNotMatch(html, /steal/);
  });

  test('formatted text copied on this computer is pasted in the desktop in both forms', async () => {
    await elsewhere(hermes, (page) => page.evaluate(copyMarkup, '<p>three <i>four</i></p>'));
    await hermes.page.keyboard.type('cat > there.txt\n');
    await hermes.page.keyboard.press('Control+V');
    await eventually('the terminal has pasted the text', async () => {
      await hermes.page.keyboard.press('Enter');
      return (
        (await readFile(product.home('hermes', 'there.txt'), 'utf8').catch(() => '')).includes('three four') || null
      );
    });
    await hermes.page.keyboard.press('Control+D');
    await run('./xclip -selection clipboard -o -t text/html > there.html');
    assert.match(await readFile(product.home('hermes', 'there.html'), 'utf8'), /three <i[^>]*>four<\/i>/);
    assert.match((await htmlHere()) ?? '', /four/, 'the text alone came back over RFB and replaced it');
  });

  const fileManager = onlyOn('containers', 'the registry of the tests’ cluster has no file manager');
  test(
    'files copied in the Files panel are pasted by a file manager in the desktop, and cut ones back',
    { skip: fileManager },
    async () => {
      const at = (...path: readonly string[]): string => product.home('hermes', 'copying', ...path);
      const exists =
        (...path: readonly string[]) =>
        async () =>
          existsSync(at(...path)) ? true : null;
      await run('rm -rf copying; mkdir -p copying/here copying/there copying/back; echo x > "copying/here/a b.txt"');
      await hermes.page.keyboard.type('xdg-open copying/there\n');
      // Its image may have to be built first.
      await hermes.find('window-title').filter({ hasText: 'there' }).waitFor({ timeout: BUILD_MS });

      const files = new FilesPanel(hermes);
      await files.opens();
      await files.enters('copying');
      await files.enters('here');
      await files.file('a b.txt').click();
      const written = hermes.page.waitForResponse((reply) => reply.request().method() === 'PUT');
      await hermes.page.keyboard.press('Control+c');
      assert.equal((await written).status(), 204);
      await hermes.find('files-close').click();
      await hermes.find('key-field').focus();
      await hermes.page.keyboard.press('Control+v');
      await eventually('the file manager has pasted the file', exists('there', 'a b.txt'));
      assert.ok(existsSync(at('here', 'a b.txt')));

      await hermes.page.keyboard.press('Control+a');
      await hermes.page.keyboard.press('Control+x');
      await files.opens();
      await files.enters('copying');
      await files.enters('back');
      await files.isAt('copying/back');
      await hermes.find('files-page', '[data-copied="desktop"]').waitFor();
      await hermes.find('file-list').focus();
      await hermes.page.keyboard.press('Control+v');
      await eventually('it is moved when it is pasted in the panel', exists('back', 'a b.txt'));
      await eventually('it is gone where it was', async () => (existsSync(at('there', 'a b.txt')) ? null : true));
      await files.file('a b.txt').waitFor();
      await hermes.photograph('clipboard-files');
      await hermes.find('files-close').click();
      await hermes.turnsTo('terminal', 'Terminal');
    },
  );

  test('files outside of the home folder aren’t pasted in the panel, and are named', async () => {
    if ((await hermes.find('window-title').innerText()) !== 'Terminal') await hermes.turnsTo('terminal', 'Terminal');
    await give('here.list', 'copy\nfile:///etc/hostname\n');
    await run('./xclip -selection clipboard -t x-special/gnome-copied-files -i here.list');
    const files = new FilesPanel(hermes);
    await files.opens();
    await hermes.find('files-page', '[data-copied="desktop"]').waitFor();
    await hermes.find('file-list').focus();
    await hermes.page.keyboard.press('Control+v');
    await hermes.find('notice').filter({ hasText: '/etc/hostname' }).waitFor();
    assert.equal(existsSync(product.home('hermes', 'hostname')), false);
    await hermes.find('files-close').click();
    await run('rm -rf copying');
  });

  test('without permission, pasting works by the shortcut, and a copied picture waits for a click', async () => {
    const browser = await hermes.page.context().newCDPSession(hermes.page);
    const { browserContextId } = (await browser.send('Target.getTargetInfo')).targetInfo;
    const permit = (name: string, setting: 'granted' | 'denied'): Promise<unknown> =>
      browser.send('Browser.setPermission', {
        permission: { name },
        setting,
        ...(browserContextId && { browserContextId }),
      });
    await copyPicture();
    const wanted = await pixelsHere();
    for (const name of ['clipboard-read', 'clipboard-write']) await permit(name, 'denied');
    await hermes.page.reload();
    await hermes.seesDesktop();
    await hermes.find('key-field').focus();
    const got = await pasted('image/png', 'there.png');
    assert.equal(await pixelsOf(got), wanted);

    await run('./xclip -selection clipboard -t image/png -i here.png');
    await hermes.find('clipboard-copy').click();
    await hermes.find('clipboard-by-hand').or(hermes.find('clipboard-waiting')).first().waitFor();
    await hermes.find('clipboard-entry-copy').click();
    await hermes.find('clipboard-by-hand').waitFor();
    await hermes.page.waitForFunction(() => document.querySelector<HTMLImageElement>('.clipboard-entry img')?.complete);
    await hermes.photograph('clipboard-by-hand');
    await hermes.page.keyboard.press('Escape');

    // Soon after a key, browsers let the page copy text.
    await permit('clipboard-read', 'granted');
    await run('./xclip -selection clipboard -t text/html -i here.html');
    await eventually('the formatted text is here', async () => ((await htmlHere())?.includes('two') ? true : null));
    await hermes.find('clipboard-copy').waitFor({ state: 'detached' });
  });

  test('the browser console has no errors', () => {
    assert.deepEqual(hermes.complaints, []);
  });
});
