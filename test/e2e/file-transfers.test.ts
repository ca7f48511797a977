/** Files between this computer and the home folder: interrupted, in folders, dropped, pasted, in conflict, and as a zip. */
import assert from 'node:assert/strict';
import { createWriteStream, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { after, before, suite, test } from 'node:test';
import { clear, fileDigest, FilesPanel, put, USER } from './files-kit.ts';
import { missingBrowser, Person } from './person.ts';
import { Product } from './product.ts';

const MB = 1024 * 1024;
const LARGE_MB = Number(process.env['DESKPOD_TEST_UPLOAD_MB'] ?? 200);
/** For a file that large, on a busy machine. */
const LARGE_MS = 300_000;
const FILES = 500;
/** For that many files, on a busy machine. */
const MANY_MS = 180_000;

suite('files to and from this computer', { skip: missingBrowser, timeout: 10 * 60_000 }, () => {
  let product: Product;
  let amy: Person;
  let files: FilesPanel;
  let here: string;

  before(async () => {
    here = await mkdtemp(join(tmpdir(), 'deskpod-files-'));
    product = await Product.start();
    amy = await Person.at(product);
    await amy.logIn(USER, USER);
    await amy.seesDesktop();
    files = new FilesPanel(amy);
    clear(product, 'Documents', 'Downloads');
    put(product, 'Documents/kept.txt', 'kept');
  });
  after(async () => {
    await amy?.[Symbol.asyncDispose]();
    if (product) clear(product, 'Documents', 'Downloads');
    await product?.[Symbol.asyncDispose]();
    await rm(here, { recursive: true, force: true });
  });

  const inHome = (...path: readonly string[]): string => product.home(USER, ...path);
  const visible = (folder: string): string[] => readdirSync(inHome(folder)).filter((name) => !name.startsWith('.'));

  test('an upload that loses the network, then the server, then its page arrives identical, and is visible only at its end', async () => {
    const large = join(here, 'large.bin');
    const out = createWriteStream(large);
    for (let part = 0; part < LARGE_MB / 10; part += 1) out.write(randomBytes(10 * MB));
    out.end();
    await finished(out);

    await files.opens('Documents');
    await files.chooses('files-upload', large);
    await files.hasSent(10);
    await amy.page.context().setOffline(true);
    await amy.find('transfer', '[data-state="retrying"]').waitFor();
    assert.deepEqual(visible('Documents'), ['kept.txt']);
    await amy.page.context().setOffline(false);
    await amy.find('transfer', '[data-state="sending"]').waitFor();
    await files.hasSent(30);
    await product.kill();
    await amy.find('transfer', '[data-state="retrying"]').filter({ hasText: 'Connection lost' }).waitFor();
    await product.run();
    await amy.find('transfer', '[data-state="sending"]').waitFor();
    await files.hasSent(50);
    await amy.find('transfer-pause').click();
    await amy.page.reload();
    await amy.seesDesktop();
    await amy.find('transfer', '[data-name="large.bin"][data-state="file_needed"]').waitFor();
    assert.deepEqual(visible('Documents'), ['kept.txt']);
    await files.chooses('transfer-choose', large);
    await files.transferEnds('large.bin', LARGE_MS);
    assert.equal(await fileDigest(inHome('Documents/large.bin')), await fileDigest(large));
    assert.deepEqual(readdirSync(inHome('Documents')).toSorted(), ['kept.txt', 'large.bin']);
    await amy.find('transfers-close').click();
  });

  test('a cancelled upload leaves nothing', async () => {
    await files.opens('Documents');
    const other = join(here, 'other.bin');
    writeFileSync(other, randomBytes(60 * MB));
    await files.chooses('files-upload', other);
    await amy.find('transfer', '[data-name="other.bin"]').waitFor();
    await amy.find('transfer-pause').click();
    await amy.find('transfer', '[data-state="paused"]').waitFor();
    await amy.find('transfer-cancel').click();
    await amy.find('transfers').waitFor({ state: 'detached' });
    const removed = async (): Promise<boolean> =>
      readdirSync(inHome('Documents')).every((name) => !name.endsWith('.part'));
    for (let attempt = 0; attempt < 50 && !(await removed()); attempt += 1)
      await amy.page.evaluate(() => new Promise(requestAnimationFrame));
    assert.equal(await removed(), true);
    assert.equal(existsSync(inHome('Documents/other.bin')), false);
  });

  test('a folder of 500 files in folders arrives complete', async () => {
    const album = join(here, 'album');
    for (let at = 0; at < FILES; at += 1) {
      const folder = join(album, `day ${at % 10}`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `picture ${at}.txt`), `picture number ${at}`);
    }
    await files.opens('Documents');
    await files.chooses('files-upload-folder', album);
    await amy
      .find('transfers-title')
      .filter({ hasText: `${FILES} files uploaded` })
      .waitFor({ timeout: MANY_MS });
    for (let at = 0; at < FILES; at += 1)
      assert.equal(
        readFileSync(inHome(`Documents/album/day ${at % 10}/picture ${at}.txt`), 'utf8'),
        `picture number ${at}`,
      );
    await amy.find('transfers-close').click();
  });

  test('a taken name: keep both, replace, skip, and the same for all', async () => {
    const upload = async (content: string, ...names: readonly string[]): Promise<void> => {
      for (const name of names) writeFileSync(join(here, name), content);
      await files.chooses(
        'files-upload',
        names.map((name) => join(here, name)),
      );
    };
    await files.opens('Documents');
    await upload('both', 'kept.txt');
    await amy.find('conflict-both').click();
    await files.file('kept (2).txt').waitFor();
    await upload('replaced', 'kept.txt');
    await amy.find('conflict-replace').click();
    await amy.find('transfers-title').filter({ hasText: '2 files uploaded' }).waitFor();
    await upload('skipped!', 'kept.txt', 'kept (2).txt');
    await amy.find('conflict-all').check();
    await amy.find('conflict-skip').click();
    await amy.find('file-conflict').waitFor({ state: 'detached' });
    await amy.page.waitForFunction(() => !document.querySelector('[data-test="transfer"][data-state="sending"]'));
    assert.equal(readFileSync(inHome('Documents/kept.txt'), 'utf8'), 'replaced');
    assert.equal(readFileSync(inHome('Documents/kept (2).txt'), 'utf8'), 'both');
  });

  test('files are pasted into the folder, and dropped onto it and onto the screen', async () => {
    const give = (type: 'paste' | 'drop', target: string, name: string): Promise<void> =>
      amy.page.evaluate(
        ({ type, target, name }) => {
          const data = new DataTransfer();
          data.items.add(new File([`given by ${type}`], name));
          const event =
            type === 'paste'
              ? new ClipboardEvent('paste', { clipboardData: data, bubbles: true })
              : new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true });
          document.querySelector(`[data-test="${target}"]`)?.dispatchEvent(event);
        },
        { type, target, name },
      );
    await files.opens('Documents');
    await give('paste', 'file-list', 'pasted.txt');
    await files.file('pasted.txt').waitFor();
    await give('drop', 'files-page', 'dropped.txt');
    await files.file('dropped.txt').waitFor();
    assert.equal(readFileSync(inHome('Documents/pasted.txt'), 'utf8'), 'given by paste');
    await amy.page.keyboard.press('Escape');
    await give('drop', 'screen', 'onto the screen.txt');
    await files.transferEnds('onto the screen.txt');
    assert.equal(readFileSync(inHome('Downloads/onto the screen.txt'), 'utf8'), 'given by drop');
    await amy.find('notice-action').first().click();
    await files.isAt('Downloads');
    await files.file('onto the screen.txt').waitFor();
  });

  test('a file is saved where the user says', async () => {
    put(product, 'Documents/saved.txt', 'saved elsewhere');
    // A headless browser shows no dialog. What it returns is a real file, in the browser's storage of this page.
    await amy.page.evaluate(() => {
      const choose = async ({ suggestedName }: { suggestedName: string }): Promise<FileSystemFileHandle> => {
        const folder = await navigator.storage.getDirectory();
        return await folder.getFileHandle(suggestedName, { create: true });
      };
      Object.assign(window, { showSaveFilePicker: choose });
    });
    await files.opens('Documents');
    await files.file('saved.txt').click({ button: 'right' });
    await amy.find('menu-save').click();
    await amy.find('notice').filter({ hasText: 'saved.txt' }).waitFor();
    const saved = await amy.page.evaluate(async () => {
      const folder = await navigator.storage.getDirectory();
      return await (await (await folder.getFileHandle('saved.txt')).getFile()).text();
    });
    assert.equal(saved, 'saved elsewhere');
  });

  test('a selection whose names are too long for an address comes as a zip, too', async () => {
    const name = (at: number): string => `a file with a name that makes addresses long, as there are many ${at}.txt`;
    for (let at = 0; at < 120; at += 1) put(product, `Documents/Long/${name(at)}`, `content ${at}`);
    await files.opens('Documents');
    await files.enters('Long');
    await files.isAt('Documents/Long');
    await files.file(name(0)).click();
    await amy.page.keyboard.press('Control+a');
    await files.file(name(0)).click({ modifiers: ['Control'] });
    const downloading = amy.page.waitForEvent('download');
    await amy.find('files-download').click();
    const path = join(here, 'long.zip');
    await (await downloading).saveAs(path);
    const content = readFileSync(path);
    assert.ok(content.includes(name(1)) && content.includes('content 119'));
    assert.ok(!content.includes(name(0)), 'the file that is not selected');
    assert.equal(await amy.find('notice').filter({ hasText: 'archive' }).count(), 0);
  });

  test('a file is downloaded as itself, several and folders as a zip', async () => {
    put(product, 'Documents/Trip/a.txt', 'first');
    put(product, 'Documents/Trip/Ünï/b.txt', 'second');
    await files.opens('Documents');
    const download = async (): Promise<{ name: string; content: Buffer }> => {
      const downloading = amy.page.waitForEvent('download');
      await amy.find('files-download').click();
      const file = await downloading;
      const path = join(here, 'downloaded');
      await file.saveAs(path);
      return { name: file.suggestedFilename(), content: readFileSync(path) };
    };
    await files.file('kept.txt').click();
    assert.deepEqual(await download(), { name: 'kept.txt', content: Buffer.from('replaced') });
    await files.file('Trip').click({ modifiers: ['Control'] });
    const { name, content } = await download();
    assert.match(name, /\.zip$/);
    assert.equal(content.subarray(0, 4).toString('latin1'), 'PK\u0003\u0004');
    for (const inside of ['kept.txt', 'Trip/a.txt', 'Trip/Ünï/b.txt', 'replaced', 'first', 'second'])
      assert.ok(content.includes(inside), `${inside} is missing`);
    assert.deepEqual(amy.complaints, []);
  });
});
