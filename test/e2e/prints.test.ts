/** What apps print reaches the browser: its print dialog, the notice, the list; made while somebody is there or not. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { after, before, suite, test } from 'node:test';
import { Prints } from '#protocol/print.ts';
import { reads, types } from './debug-kit.ts';
import { eventually } from './faults-kit.ts';
import { missingBrowser, Person } from './person.ts';
import { Product } from './product.ts';

/** Headless Chromium has no dialog: records the documents for which one was asked. */
const RECORD_DIALOGS = `
  window.printed = [];
  const { contentWindow } = Object.getOwnPropertyDescriptors(HTMLIFrameElement.prototype);
  Object.defineProperty(HTMLIFrameElement.prototype, 'contentWindow', {
    get() {
      const frame = this;
      if (frame.dataset.test !== 'print-frame') return contentWindow.get.call(frame);
      return { print: () => window.printed.push(decodeURIComponent(frame.src.split('/').at(-1))) };
    },
  });
  Object.defineProperty(Navigator.prototype, 'pdfViewerEnabled', { get: () => true });
`;

suite('printing to the browser', { skip: missingBrowser, timeout: 10 * 60_000 }, () => {
  let product: Product;
  before(async () => {
    product = await Product.start();
    await rm(product.home('amy', 'PDF'), { recursive: true, force: true });
  });
  after(async () => product?.[Symbol.asyncDispose]());

  const comes = async (): Promise<Person> => {
    const amy = await Person.at(product);
    await amy.page.addInitScript(RECORD_DIALOGS);
    await amy.page.reload();
    await amy.logIn('amy', 'amy');
    await amy.seesDesktop();
    return amy;
  };
  const opensShell = async (amy: Person): Promise<void> => {
    await amy.page.keyboard.press('Control+Alt+t');
    await reads(amy, 'terminal-box', '~$');
  };
  const dialogs = (amy: Person): Promise<unknown> => amy.page.evaluate(() => Reflect.get(window, 'printed'));
  const listOf = async (amy: Person): Promise<Prints> =>
    Prints.parse(
      await amy.page.evaluate(async () =>
        (await fetch('/api/v1/desktop/prints', { signal: AbortSignal.timeout(60_000) })).json(),
      ),
    );

  test('a print from the web shell opens the dialog with its PDF file, and stays in the list', async () => {
    await using amy = await comes();
    // Their images may have to be built first.
    await eventually('the services answer', () => listOf(amy).catch(() => null), 8 * 60_000);
    assert.deepEqual(await listOf(amy), { prints: [], count: 0 });
    await opensShell(amy);
    await types(amy, 'terminal-box', 'echo "Dear Leela" | lp -t "A letter"; echo s"en"t');
    await reads(amy, 'terminal-box', 'sent');
    await amy.page.waitForFunction(() => Array.from(Reflect.get(window, 'printed')).length === 1);
    assert.deepEqual(await dialogs(amy), ['A letter.pdf']);
    const { prints } = await listOf(amy);
    assert.deepEqual(
      prints.map(({ name }) => name),
      ['A letter.pdf'],
    );
    const head = await amy.page.evaluate(async () => {
      const answer = await fetch('/api/v1/desktop/prints/A%20letter.pdf', { signal: AbortSignal.timeout(60_000) });
      return [answer.headers.get('content-type'), (await answer.text()).slice(0, 5)];
    });
    assert.deepEqual(head, ['application/pdf', '%PDF-']);
  });
});
