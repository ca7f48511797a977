/** What an installation allows of the clipboard: text under a small limit, and the things that were copied earlier. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { eventually } from './faults-kit.ts';
import { missingBrowser, Person } from './person.ts';
import { Product } from './product.ts';

/** RFB can't enforce this limit, so text takes the way of the other forms. */
const CONFIG = JSON.stringify({ clipboard: { maxBytes: 2000, history: true } });
/** Makes xterm copy a text. */
const COPIES = (text: string): string =>
  `xterm -xrm '*disallowedWindowOps: ' -e sh -c 'printf "\\033]52;c;%s\\007" "$(${text} | base64 -w0)"; sleep 600' &`;

suite('the clipboard with a small limit and a history', { skip: missingBrowser, timeout: 10 * 60_000 }, () => {
  let product: Product;
  let hermes: Person;
  let folder: string;
  /** Creating it triggers the second copy. */
  let later: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deskpod-clipboard-'));
    await writeFile(join(folder, 'config.yaml'), CONFIG);
    product = await Product.start(['--config', join(folder, 'config.yaml')]);
    later = product.home('hermes', 'copy-later');
    await rm(later, { force: true });
    hermes = await Person.at(product);
    await hermes.logIn('hermes', 'hermes');
    await hermes.seesDesktop();
    await hermes.starts('terminal');
    await hermes.find('key-field').focus();
  });
  after(async () => {
    await product?.clear();
    await hermes?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
    await rm(later, { force: true });
    await product?.[Symbol.asyncDispose]();
  });

  const here = (): Promise<string> => hermes.page.evaluate(() => navigator.clipboard.readText());
  const comes = (text: string): Promise<unknown> =>
    eventually(`“${text}” is here`, async () => ((await here()) === text ? text : null));

  test('text within the limit is copied and pasted, and each transfer is in the log with its size', async () => {
    // The shell is busy from then on, so that it doesn't run what is pasted.
    const large = COPIES('head -c 2001 /dev/zero | tr "\\0" a');
    await hermes.page.keyboard.type(
      `${COPIES('printf first')} while [ ! -e copy-later ]; do sleep .2; done; ${large} sleep 600\n`,
    );
    await comes('first');
    await hermes.page.evaluate(() => navigator.clipboard.writeText('echo second'));
    const sent = hermes.page.waitForResponse((reply) => reply.request().method() === 'PUT');
    await hermes.page.keyboard.press('Control+V');
    assert.equal((await sent).status(), 204);
    const audits = product.log.filter((line) => /hermes (copied from|pasted into) desktop/.test(line));
    assert.match(audits.join('\n'), /copied from[^]*bytes[^\d]*5[^]*pasted into[^]*bytes[^\d]*11/);
  });

  test('larger text is refused in both directions, and the user is told', async () => {
    await writeFile(later, '');
    await hermes.find('notice').filter({ hasText: '2000' }).waitFor();
    await hermes.find('notice-dismiss').click();
    // The user was in another program: what the desktop has is no longer newer.
    await hermes.page.evaluate(() => {
      window.dispatchEvent(new Event('blur'));
      return navigator.clipboard.writeText('b'.repeat(2001));
    });
    await hermes.find('key-field').focus();
    await hermes.page.keyboard.press('Control+V');
    await hermes.find('notice').filter({ hasText: 'too large' }).waitFor();
    await hermes.find('notice-dismiss').click();
  });

  test('what was copied earlier can be copied again, and is forgotten with the session', async () => {
    await hermes.find('clipboard-open').click();
    const entries = hermes.find('clipboard-entry');
    assert.deepEqual(await entries.locator('.clipboard-text').allTextContents(), ['echo second', 'first']);
    await hermes.photograph('clipboard-history');
    await entries.nth(1).getByRole('button').click();
    await comes('first');
    await hermes.find('clipboard').waitFor({ state: 'detached' });
    await hermes.find('menu-button').click();
    await hermes.find('menu-disconnect').click();
    await hermes.logIn('hermes', 'hermes');
    await hermes.seesDesktop();
    const left = hermes.find('clipboard-open');
    if (await left.isVisible()) await left.click();
    assert.ok(!(await entries.locator('.clipboard-text').allTextContents()).includes('echo second'));
  });
});
