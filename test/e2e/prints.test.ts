/** What apps print reaches the browser: its print dialog, notices, the list; with a page connected and without. */
import assert from 'node:assert/strict';
import { rm, stat } from 'node:fs/promises';
import { after, before, suite, test } from 'node:test';
import { Prints } from '#protocol/print.ts';
import { reads, types } from './debug-kit.ts';
import { eventually } from './faults-kit.ts';
import { missingBrowser, Person } from './person.ts';
import { dialogFor, dialogs, noteDialogs } from './prints-kit.ts';
import { Product } from './product.ts';

/** After this, a page that connects tells of prints instead of opening dialogs. */
const MISSED_MS = 10_000;
/** The page takes a dialog for open at least this long. */
const QUEUE_MS = 3_500;
const BUILD_MS = 4 * 60_000;

suite('printing to the browser', { skip: missingBrowser, timeout: 10 * 60_000 }, () => {
  let product: Product;
  before(async () => {
    product = await Product.start();
    await rm(product.home('amy', 'PDF'), { recursive: true, force: true });
  });
  after(async () => product?.[Symbol.asyncDispose]());

  const comes = async (): Promise<Person> => {
    const amy = await Person.at(product);
    await noteDialogs(amy);
    await amy.logIn('amy', 'amy');
    await amy.seesDesktop();
    return amy;
  };
  const shell = async (amy: Person, line: string): Promise<void> => {
    if (!(await amy.find('terminal').isVisible())) {
      await amy.page.keyboard.press('Control+Alt+t');
      await reads(amy, 'terminal-box', '~$');
    }
    await types(amy, 'terminal-box', line);
  };
  const listOf = async (amy: Person): Promise<Prints> =>
    Prints.parse(
      await amy.page.evaluate(async () =>
        (await fetch('/api/v1/desktop/prints', { signal: AbortSignal.timeout(60_000) })).json(),
      ),
    );

  test('a print from the web shell opens the print dialog with its PDF file; one that follows at once waits for its end', async (t) => {
    await using amy = await comes();
    // The images of the services, and then the printer's, may have to be built first.
    await eventually('the files can be listed', () => listOf(amy).catch(() => null), BUILD_MS);
    assert.deepEqual(await listOf(amy), { prints: [], count: 0 });
    const both = 'echo x | lp -t "A letter"; echo "Dear Leela," | lp -t "Another letter"';
    await shell(amy, `until lpstat -d 2>&1 | grep destination:; do sleep 1; done; ${both}`);
    await reads(amy, 'terminal-box', 'destination: Print_to_my_computer');
    const first = await dialogFor(amy, 'A letter.pdf');
    assert.equal(first.type, 'application/pdf');
    await amy.find('notice').filter({ hasText: '“Another letter.pdf” is ready to print.' }).waitFor();
    // As when the first dialog is closed.
    await amy.page.evaluate(() => window.dispatchEvent(new Event('focus')));
    const second = await dialogFor(amy, 'Another letter.pdf');
    await amy.find('notice').waitFor({ state: 'detached' });
    await eventually('the dialog was a while ago', async () => (Date.now() - second.at > QUEUE_MS ? true : null));
    const begun = Date.now();
    await shell(amy, 'echo "Dear Leela:" | lp -t "Last letter"');
    t.diagnostic(`from typing lp to the dialog: ${(await dialogFor(amy, 'Last letter.pdf')).at - begun} ms`);
    const { prints } = await listOf(amy);
    assert.deepEqual(
      new Set(prints.map(({ name }) => name)),
      new Set(['A letter.pdf', 'Another letter.pdf', 'Last letter.pdf']),
    );
    await eventually('they count as shown', async () => ((await listOf(amy)).prints.some((p) => p.new) ? null : true));
    assert.deepEqual(amy.complaints, []);
  });

  test('what is printed while nobody is connected is told at the next connection', async () => {
    const gone = await comes();
    const status = await gone.page.evaluate(async () => {
      const body = { app: 'terminal', args: ['-e', 'sh', '-c', 'sleep 3; echo x | lp -t Later; sleep 60'] };
      const headers = { 'content-type': 'application/json', 'x-deskpod': '1' };
      const signal = AbortSignal.timeout(60_000);
      const started = await fetch('/api/v1/launches', { method: 'POST', headers, signal, body: JSON.stringify(body) });
      return started.status;
    });
    assert.equal(status, 202);
    await gone.seesWindowOf('terminal');
    await gone[Symbol.asyncDispose]();
    const file = product.home('amy', 'PDF', 'Later.pdf');
    await eventually('it is printed, and a while passes', async () => {
      const found = await stat(file).catch(() => null);
      return found !== null && found.size > 0 && Date.now() - found.mtimeMs > MISSED_MS + 2_000 ? true : null;
    });
    await using amy = await comes();
    await amy.find('notice').filter({ hasText: '1 document was printed while you were away' }).waitFor();
    await amy.photograph('print-missed');
    assert.deepEqual(await dialogs(amy), []);
    await amy.find('notice-prints').click();
    await amy.find('print', '[data-name="Later.pdf"]').waitFor();
    await amy.photograph('prints');
  });

  test('the list prints again, saves and deletes', async () => {
    await using amy = await comes();
    await amy.opens('prints');
    const letter = amy.find('print', '[data-name="A letter.pdf"]');
    await letter.locator('[data-test="print-again"]').click();
    await dialogFor(amy, 'A letter.pdf');
    const download = amy.page.waitForEvent('download');
    await letter.locator('[data-test="print-save"]').click();
    assert.equal((await download).suggestedFilename(), 'A letter.pdf');
    for (const { name } of (await listOf(amy)).prints) {
      await amy.find('print', `[data-name="${name}"]`).locator('[data-test="print-remove"]').click();
      await amy.find('remove-print-confirm').click();
      await amy.find('print', `[data-name="${name}"]`).waitFor({ state: 'detached' });
    }
    await amy.find('blank').waitFor();
    await amy.photograph('prints-empty');
    assert.equal(await stat(product.home('amy', 'PDF', 'A letter.pdf')).catch(() => null), null);
  });

  test('a user who switches the dialog off gets a notice instead, and prints from it', async () => {
    await using amy = await comes();
    await amy.opens('prints');
    await amy.find('print-dialog').uncheck();
    await amy.find('settings-close').click();
    await shell(amy, 'echo x | lp -t Quiet');
    await amy.find('notice').filter({ hasText: '“Quiet.pdf” is ready to print.' }).waitFor();
    await amy.photograph('print-notice');
    assert.deepEqual(await dialogs(amy), []);
    await amy.find('notice-print').click();
    await dialogFor(amy, 'Quiet.pdf');
    await amy.opens('prints');
    const saved = amy.page.waitForResponse((answer) => answer.url().endsWith('/api/v1/preferences'));
    await amy.find('print-dialog').check();
    await saved;
  });
});
