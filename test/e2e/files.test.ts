/** The Files panel: looking around, changing names and places, trash, previews, by pointer, keyboard and on a phone. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { after, before, suite, test } from 'node:test';
import { isClean } from './axe.ts';
import { clear, FilesPanel, put, USER } from './files-kit.ts';
import { missingBrowser, Person } from './person.ts';
import { Product } from './product.ts';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);
const PDF =
  '%PDF-1.1\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n';
const MANY = 10_000;

suite('the Files panel', { skip: missingBrowser, timeout: 10 * 60_000 }, () => {
  let product: Product;
  let amy: Person;
  let files: FilesPanel;

  before(async () => {
    product = await Product.start();
    amy = await Person.at(product);
    await amy.logIn(USER, USER);
    await amy.seesDesktop();
    files = new FilesPanel(amy);
    clear(product, 'Documents', 'Pictures', 'Many', '.local/share/Trash');
    put(product, 'Documents/notes.txt', 'Hello from the home folder\n');
    put(product, 'Documents/letter.pdf', PDF);
    put(product, 'Documents/report.md', '# Report\n');
    put(product, 'Documents/.hidden', '');
    put(product, 'Documents/.deskpod-0123456789abcdef.part', 'unfinished');
    put(product, 'Documents/Old/1999.txt', 'party');
    put(product, 'Pictures/dot.png', PNG);
    put(product, 'Pictures/silence.wav', wav());
    for (let at = 1; at <= MANY; at += 1) put(product, `Many/file ${at}.txt`, '');
  });
  after(async () => {
    if (product) clear(product, 'Many', '.local/share/Trash');
    await amy?.[Symbol.asyncDispose]();
    await product?.[Symbol.asyncDispose]();
  });

  const press = (...keys: readonly string[]): Promise<void> =>
    keys.reduce((before, key) => before.then(() => amy.page.keyboard.press(key)), Promise.resolve());
  const names = (): Promise<string[]> =>
    amy.find('file').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-name') ?? ''));
  const inHome = (...path: readonly string[]): string => product.home(USER, ...path);

  test('a shortcut, the dock, the menu and the search open it', async () => {
    await press('Control+Alt+f');
    await amy.find('files').waitFor();
    await press('Control+Alt+f');
    await amy.find('files').waitFor({ state: 'detached' });
    await amy.find('dock-files').click();
    await amy.find('files-close').click();
    await amy.find('menu-button').click();
    await amy.find('menu-files').click();
    await files.opens('Documents');
    await press('Escape');
    await amy.search('notes.txt');
    const found = amy.find('search-result', '[data-kind="file"]').filter({ hasText: 'notes.txt' });
    await found.hover();
    await found.locator('[data-test="action-in-files"]').click();
    await files.isAt('Documents');
    await amy.find('file', '[data-name="notes.txt"][aria-selected="true"]').waitFor();
  });

  test('unfinished uploads are never shown, hidden files on demand', async () => {
    await files.opens('Documents');
    assert.deepEqual(await names(), ['Old', 'letter.pdf', 'notes.txt', 'report.md']);
    const setHidden = async (): Promise<void> => {
      await amy.find('file-list').click({ button: 'right', position: { x: 200, y: 400 } });
      await amy.find('menu-hidden').click();
    };
    await setHidden();
    await files.file('.hidden').waitFor();
    assert.deepEqual(
      (await names()).filter((name) => name.startsWith('.')),
      ['.hidden'],
    );
    await setHidden();
  });

  test('columns sort, and the filter leaves what matches', async () => {
    await files.opens('Documents');
    await amy.find('sort-name').click();
    assert.deepEqual(await names(), ['Old', 'report.md', 'notes.txt', 'letter.pdf']);
    await amy.find('sort-name').click();
    await amy.find('files-filter').fill('NOTES');
    assert.deepEqual(await names(), ['notes.txt']);
    await amy.find('files-filter').fill('nothing of this name');
    await amy.find('files-none').waitFor();
    await amy.find('files-filter').fill('');
  });

  test('by keyboard alone: into a folder, rename, back, select all, trash, undo', async () => {
    await press('Escape', 'Control+Alt+f');
    await files.isAt('Documents');
    await press('Home', 'Enter');
    await files.isAt('Documents/Old');
    await press('ArrowDown', 'F2');
    await amy.find('file-name-field').waitFor();
    await amy.page.keyboard.type('party/1999');
    await press('Enter');
    await amy.page.getByText('A name can’t contain a slash').waitFor();
    await press('Control+a');
    await amy.page.keyboard.type('2000.txt');
    await press('Enter');
    await files.file('2000.txt').waitFor();
    assert.equal(readFileSync(inHome('Documents/Old/2000.txt'), 'utf8'), 'party');
    await press('Control+a', 'Delete');
    await amy.find('files-empty').waitFor();
    assert.equal(existsSync(inHome('Documents/Old/2000.txt')), false);
    assert.equal(readFileSync(inHome('.local/share/Trash/files/2000.txt'), 'utf8'), 'party');
    assert.match(
      readFileSync(inHome('.local/share/Trash/info/2000.txt.trashinfo'), 'utf8'),
      /^\[Trash Info\]\nPath=\/home\/amy\/Documents\/Old\/2000\.txt\nDeletionDate=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\n$/,
    );
    await amy.find('notice-action').first().click();
    await files.file('2000.txt').waitFor();
    await amy.page.getByText('1 item restored').first().waitFor();
    assert.deepEqual(readdirSync(inHome('.local/share/Trash/info')), []);
    await amy.find('file-list').focus();
    await press('Home', 'Shift+F10');
    await amy.find('menu-rename').waitFor();
    await press('Escape', 'Backspace');
    await files.isAt('Documents');
    await amy.find('file', '[data-name="Old"][aria-selected="true"]').waitFor();
  });

  test('a new folder, then copy and move into it; a taken name is asked about', async () => {
    await files.opens('Documents');
    await press('Escape', 'Control+Alt+f');
    await amy.find('files-new-folder').click();
    await amy.find('file-name-field').fill('Archive');
    await amy.find('file-name-submit').click();
    await files.file('Archive').waitFor();
    await files.file('notes.txt').click();
    await press('Control+c');
    await files.enters('Archive');
    await files.isAt('Documents/Archive');
    await amy.find('file-list').focus();
    await press('Control+v');
    await files.file('notes.txt').waitFor();
    await press('Control+v');
    await amy.find('conflict-both').click();
    await files.file('notes (2).txt').waitFor();
    await press('Backspace');
    await files.isAt('Documents');
    await files.file('report.md').click();
    await amy.find('files-move').click();
    await amy.find('target-folder').filter({ hasText: 'Archive' }).click();
    await amy.find('target-submit').click();
    await files.file('report.md').waitFor({ state: 'detached' });
    assert.deepEqual(readdirSync(inHome('Documents/Archive')).toSorted(), ['notes (2).txt', 'notes.txt', 'report.md']);
    await amy.find('notice-action').first().click();
    await files.file('report.md').waitFor();
  });

  test('the trash gives files back, also beside what took their name, and deletes them after a question', async () => {
    await files.opens('Documents');
    await files.file('report.md').click();
    await amy.find('files-trash').click();
    await files.file('report.md').waitFor({ state: 'detached' });
    put(product, 'Documents/report.md', 'another');
    await files.opens('trash');
    await files.file('report.md').click();
    await isClean(amy, 'files trash');
    await amy.find('files-restore').click();
    await amy.find('files-empty').waitFor();
    await files.opens('Documents');
    await files.file('report (2).md').click();
    await press('Delete');
    await files.file('report (2).md').waitFor({ state: 'detached' });
    await amy.find('place-trash').click();
    await amy.find('files-empty-trash').click();
    await amy.find('file-delete-confirm').click();
    await amy.find('files-empty').waitFor();
    assert.deepEqual(readdirSync(inHome('.local/share/Trash/files')), []);
  });

  test('text, pictures, sound and PDF are previewed, one after another', async () => {
    await files.opens('Documents');
    await files.enters('letter.pdf');
    await amy.find('preview-body', '[data-preview="pdf"]').locator('iframe').waitFor();
    await press('ArrowRight');
    await amy.find('preview-text').filter({ hasText: 'Hello from the home folder' }).waitFor();
    await isClean(amy, 'files preview');
    await press('Escape');
    await files.opens('Pictures');
    await files.enters('dot.png');
    await amy.page.waitForFunction(() => {
      const picture = document.querySelector<HTMLImageElement>('[data-test="preview-body"] img');
      return picture?.complete === true && picture.naturalWidth === 1;
    });
    await amy.find('preview-next').click();
    await amy.page.waitForFunction(
      () => (document.querySelector<HTMLAudioElement>('[data-test="preview-body"] audio')?.readyState ?? 0) > 0,
    );
    await press('Escape');
  });

  test('ten thousand entries are in one list, of which only the visible ones are in the page', async () => {
    await files.opens('home');
    await files.enters('Many');
    await amy.find('file-list', `[data-count="${MANY}"]`).waitFor();
    assert.ok((await amy.find('file').count()) < 150);
    await amy.find('file-list').focus();
    await press('End');
    await files.file(`file ${MANY}.txt`).waitFor();
    await amy.page.keyboard.type('file 42.');
    await amy.find('file', '[data-name="file 42.txt"][aria-selected="true"]').waitFor();
    const smooth = await amy.page.evaluate(async () => {
      const list = document.querySelector('[data-test="file-list"]');
      let blank = 0;
      if (!list) return 60;
      for (let step = 0; step < 60; step += 1) {
        list.scrollTop += 400;
        await new Promise(requestAnimationFrame);
        await new Promise(requestAnimationFrame);
        const box = list.getBoundingClientRect();
        const at = document.elementFromPoint(box.left + 80, box.top + box.height / 2);
        if (at?.closest('[data-test="file"]') === null) blank += 1;
      }
      return blank;
    });
    assert.ok(smooth <= 3, `${smooth} of 60 positions were blank`);
    await amy.find('files-close').click();
    await amy.search('file 4242');
    await amy.find('search-result', '[data-kind="file"]').filter({ hasText: 'file 4242.txt' }).waitFor();
    await press('Escape');
    await files.opens('home');
    await files.enters('Many');
    await amy.find('view-grid').click();
    await amy.find('file-list').focus();
    await press('Home');
    await files.file('file 1.txt').waitFor();
    assert.ok((await amy.find('file').count()) < 300);
    await amy.find('view-list').click();
  });

  test('axe finds no violations, and the panel fits a phone', async () => {
    await files.opens('Pictures');
    await files.file('dot.png').click();
    await isClean(amy, 'files list');
    await amy.find('view-grid').click();
    await isClean(amy, 'files grid');
    await amy.find('view-list').click();
    await amy.page.setViewportSize({ width: 375, height: 667 });
    await isClean(amy, 'files phone');
    const wide = await amy.page.evaluate(() => document.documentElement.scrollWidth);
    assert.equal(wide, 375);
    for (const tool of ['files-download', 'files-more', 'files-close', 'view-grid']) {
      const box = await amy.find(tool).boundingBox();
      assert.ok(box && box.x >= 0 && box.x + box.width <= 375, `${tool} is out of view`);
    }
    assert.deepEqual(amy.complaints, []);
  });
});

/** A tenth of a second of silence: RIFF, 8 kHz, mono, 8 bits. */
function wav(): Buffer {
  const data = Buffer.alloc(800, 128);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(8000, 24);
  head.writeUInt32LE(8000, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write('data', 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}
