/** New files in Downloads are offered: to save them on the user's own computer, or to look at them in the Files panel. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, suite, test } from 'node:test';
import type { Locator } from 'playwright-core';
import { reads, types } from './debug-kit.ts';
import { clear, FilesPanel, put, USER } from './files-kit.ts';
import { missingBrowser, Person } from './person.ts';
import { Product } from './product.ts';

const AXE = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
/** What the page keeps of Downloads once it has listed it. */
const KEPT = `deskpod-downloads-${USER}`;
const APP = 'terminal';

suite('new files in Downloads', { skip: missingBrowser, timeout: 10 * 60_000 }, () => {
  let product: Product;
  let amy: Person;

  before(async () => {
    product = await Product.start();
    clear(product, 'Downloads');
    amy = await Person.at(product);
    await amy.logIn(USER, USER);
    await amy.seesDesktop();
    await amy.starts(APP);
    await knowsDownloads(true);
  });
  after(async () => {
    await amy?.[Symbol.asyncDispose]();
    if (product) clear(product, 'Downloads');
    await product?.[Symbol.asyncDispose]();
  });

  async function knowsDownloads(known: boolean): Promise<void> {
    await amy.page.waitForFunction(({ key, known: wanted }) => (localStorage.getItem(key) !== null) === wanted, {
      key: KEPT,
      known,
    });
  }
  const offerOf = (text: string): Locator => amy.find('notice').filter({ hasText: text });
  const shell = async (line: string): Promise<void> => {
    if (!(await amy.find('terminal').isVisible())) {
      await amy.page.keyboard.press('Control+Alt+t');
      await reads(amy, 'terminal-box', '~$');
    }
    await types(amy, 'terminal-box', line);
  };
  const saved = async (): Promise<{ name: string; content: Buffer }> => {
    const downloading = amy.page.waitForEvent('download');
    await amy.find('notice-save').click();
    const file = await downloading;
    return { name: file.suggestedFilename(), content: readFileSync(await file.path()) };
  };

  test('a file that a program has completed is offered, an unfinished one only when it has its name', async () => {
    await shell('mkdir Downloads; cd Downloads; echo half > big.iso.part; touch big.iso; echo hello > report.txt');
    await offerOf('New in Downloads: “report.txt”').waitFor();
    assert.deepEqual(await saved(), { name: 'report.txt', content: Buffer.from('hello\n') });
    await amy.find('notice').waitFor({ state: 'detached' });
    await shell('mv big.iso.part big.iso');
    await offerOf('New in Downloads: “big.iso”').waitFor();
    await amy.find('notice-in-files').press('Enter');
    await new FilesPanel(amy).isAt('Downloads');
    await amy.find('file', '[data-name="big.iso"][aria-selected="true"]').waitFor();
    await amy.find('files-close').click();
    assert.deepEqual(amy.complaints, []);
  });

  test('what the page itself has uploaded is not offered', async () => {
    const files = new FilesPanel(amy);
    await files.opens('Downloads');
    const choosing = amy.page.waitForEvent('filechooser');
    await amy.find('files-upload').click();
    await (await choosing).setFiles({ name: 'mine.txt', mimeType: 'text/plain', buffer: Buffer.from('mine') });
    await files.transferEnds('mine.txt');
    await amy.find('files-close').click();
    put(product, 'Downloads/theirs.txt', 'theirs');
    await offerOf('New in Downloads: “theirs.txt”').waitFor();
    await amy.find('notice-dismiss').click();
  });

  test('several files are one offer; a page that comes later offers only what is newer', async () => {
    for (const at of [1, 2, 3]) put(product, `Downloads/photo ${at}.jpg`, `photo ${at}`);
    await offerOf('3 new files in Downloads').waitFor();
    const { name, content } = await saved();
    assert.match(name, /\.zip$/);
    for (const at of [1, 2, 3]) assert.ok(content.includes(`photo ${at}.jpg`));
    await amy.page.goto('about:blank');
    for (const at of [1, 2]) put(product, `Downloads/letter ${at}.txt`, 'Dear Amy');
    await amy.page.goto(product.address);
    await amy.seesDesktop();
    await offerOf('2 new files in Downloads').waitFor();
    await amy.find('notice').hover();
    await isClean();
    await amy.find('notice-dismiss').click();
  });

  test('the setting switches it off; what came meanwhile is not new later', async () => {
    await amy.opens('downloads');
    await amy.find('offer-downloads').uncheck();
    await knowsDownloads(false);
    put(product, 'Downloads/unnoticed.txt', 'x');
    await amy.find('offer-downloads').check();
    await knowsDownloads(true);
    await amy.find('settings-close').click();
    put(product, 'Downloads/noticed.txt', 'x');
    await offerOf('New in Downloads: “noticed.txt”').waitFor();
  });

  /** In both themes, and on a phone. */
  async function isClean(): Promise<void> {
    for (const colorScheme of ['light', 'dark'] as const) {
      await amy.page.emulateMedia({ colorScheme });
      await amy.page.locator(`html[data-theme="${colorScheme}"]`).waitFor({ state: 'attached' });
      await amy.page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished)));
      await amy.page.evaluate(`${AXE}; 0`);
      const found = await amy.page.evaluate(
        'axe.run(".notices").then(({ violations }) => JSON.stringify(violations, null, 1))',
      );
      assert.equal(found, '[]', colorScheme);
      await amy.photograph(`downloads-${colorScheme}`);
    }
    await amy.page.setViewportSize({ width: 375, height: 667 });
    for (const button of ['notice-save', 'notice-in-files']) {
      const box = await amy.find(button).boundingBox();
      assert.ok(box && box.x >= 0 && box.x + box.width <= 375, `${button} is out of view`);
    }
    await amy.photograph('downloads-phone');
    await amy.page.setViewportSize({ width: 1280, height: 800 });
  }
});
