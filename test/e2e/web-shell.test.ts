/** The web shell and large amounts of text, in a real browser: pasted into the shell and printed by it. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, suite, test } from 'node:test';
import { reads, types } from './debug-kit.ts';
import { missingBrowser, Person } from './person.ts';
import { Product } from './product.ts';

suite('the web shell and large amounts of text', { skip: missingBrowser, timeout: 10 * 60_000 }, () => {
  let product: Product;
  let amy: Person;

  before(async () => {
    product = await Product.start();
    amy = await Person.at(product);
    await amy.logIn('amy', 'amy');
    await amy.seesDesktop();
  });
  after(async () => {
    await amy?.[Symbol.asyncDispose]();
    await product?.[Symbol.asyncDispose]();
  });

  /** Pastes text through a paste event, as the browser does. */
  const pastes = (letters: number, line: string): Promise<void> =>
    amy.page.evaluate(
      ({ letters, line }) => {
        const box = document.querySelector('[data-test="terminal-box"] .xterm-helper-textarea');
        const clipboardData = new DataTransfer();
        clipboardData.setData('text/plain', line.repeat(Math.ceil(letters / line.length)));
        box?.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
      },
      { letters, line },
    );

  test('3 MB of text are pasted completely, larger text is refused with a message, and the shell stays open', async () => {
    await amy.page.keyboard.press('Control+Alt+t');
    await reads(amy, 'terminal-box', '~$');
    await types(amy, 'terminal-box', 'stty -echo; echo pid $$; cat > pasted; md5sum < pasted');
    await reads(amy, 'terminal-box', 'pid');
    const line = `${'Grüße an alle. '.repeat(60)}\n`;
    const letters = 3_000_000;
    await pastes(letters, line);
    await pastes(70 * 1024 * 1024, line);
    await amy.page
      .getByText(/Nothing was pasted: 7\d MB is too large/)
      .first()
      .waitFor();
    // Follows the text pasted before.
    await amy.page.keyboard.press('Control+d');
    const all = line.repeat(Math.ceil(letters / line.length));
    await reads(amy, 'terminal-box', createHash('md5').update(all).digest('hex'));
    await types(amy, 'terminal-box', 'echo still $((6 * 7))');
    await reads(amy, 'terminal-box', 'still 42');
    assert.equal(await amy.find('terminal', '[data-state="open"]').count(), 1);
  });

  test('a large output is shown up to its end', async () => {
    await types(amy, 'terminal-box', 'seq 9000000 | tail -c 60000000; echo all of it $((6 * 7))');
    await reads(amy, 'terminal-box', '9000000all of it 42');
  });
});
