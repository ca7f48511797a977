/** What people do with the programs they work with: a letter is opened and printed, a picture is copied out and in. */
import assert from 'node:assert/strict';
import { after, before, suite, test, type TestContext } from 'node:test';
import { letter, noise } from './documents.ts';
import { drawPicture, elsewhere, readPixels } from './clipboard-kit.ts';
import { eventually } from './faults-kit.ts';
import { clear, FilesPanel, put, USER } from './files-kit.ts';
import { hasImage, installOwnApp } from './own-apps.ts';
import { missingBrowser, Person } from './person.ts';
import { dialogFor, dialogs, noteDialogs } from './prints-kit.ts';
import { Product } from './product.ts';

const INSTALL_MS = 60_000;
/** Big programs take long on a busy machine. */
const START_MS = 120_000;
const SIDE = 64;
const FILES = ['Documents/letter.odt', 'Pictures/noise.png', 'PDF'];

suite('a working day', { skip: missingBrowser, timeout: 11 * 60_000 }, () => {
  let product: Product;
  let amy: Person;
  let files: FilesPanel;

  before(async () => {
    product = await Product.start();
    clear(product, ...FILES);
    amy = await Person.at(product);
    files = new FilesPanel(amy);
    await noteDialogs(amy);
    await amy.logIn(USER, USER);
    await amy.seesDesktop();
  });
  after(async () => {
    await product?.clear();
    await amy?.[Symbol.asyncDispose]();
    if (product !== undefined) clear(product, ...FILES);
    await product?.[Symbol.asyncDispose]();
  });

  /** False, after the test was skipped, if the app would have to be built. */
  async function has(t: TestContext, app: string): Promise<boolean> {
    if (!(await hasImage(product, app))) {
      t.skip(`the image of ${app} is not there: npm run test:apps -- ${app} builds it`);
      return false;
    }
    await installOwnApp(product, app, INSTALL_MS);
    return true;
  }
  const title = (text: string | RegExp): Promise<void> =>
    amy.find('window-title').filter({ hasText: text }).waitFor({ timeout: START_MS });
  const presses = async (keys: string): Promise<void> => {
    await amy.find('key-field').focus();
    await amy.page.keyboard.press(keys);
  };
  const pixelsHere = (): Promise<string | null> => amy.page.evaluate(readPixels, null);

  test('an .odt file is opened from the Files panel in Writer, and printed to this computer', async (t) => {
    if (!(await has(t, 'writer'))) return;
    put(product, 'Documents/letter.odt', letter());
    await files.opens('Documents');
    await files.enters('letter.odt');
    await title('letter.odt');
    await amy.photograph('working-day-writer');
    await presses('Control+p');
    await title('Print');
    await amy.photograph('working-day-print');
    const begun = Date.now();
    await presses('Enter');
    const printed = await eventually('a print dialog', async () => (await dialogs(amy))[0] ?? null, START_MS);
    t.diagnostic(`from Print to the dialog: ${printed.at - begun} ms`);
    assert.equal((await dialogFor(amy, 'letter.odt.pdf')).type, 'application/pdf');
  });

  test('a picture is copied out of GIMP, and another one is pasted in', async (t) => {
    if (!(await has(t, 'gimp'))) return;
    const picture = noise(SIDE);
    put(product, 'Pictures/noise.png', picture);
    await files.opens('Pictures');
    await files.file('noise.png').click({ button: 'right' });
    await amy.find('menu-open-with').filter({ hasText: 'GIMP' }).click();
    await title('noise');
    await presses('Control+a');
    await presses('Control+c');
    const copied = await amy.page.evaluate(readPixels, picture.toString('base64'));
    await eventually('the picture is here', async () => ((await pixelsHere()) === copied ? true : null));
    await amy.photograph('working-day-gimp');

    await elsewhere(amy, async (page) => {
      await page.evaluate(drawPicture, { side: SIDE, type: 'image/png', how: 'copied' } as const);
    });
    const other = await pixelsHere();
    assert.notEqual(other, copied);
    await presses('Control+v');
    // The pasted picture is a layer above the other one, and the one that is copied now.
    await title('2 layers');
    await amy.photograph('working-day-gimp-pasted');
    await elsewhere(amy, async (page) => {
      await page.evaluate(() => navigator.clipboard.writeText('something else'));
    });
    await presses('Control+c');
    await eventually('the pasted picture is back', async () => ((await pixelsHere()) === other ? true : null));
    assert.deepEqual(amy.complaints, []);
  });
});
