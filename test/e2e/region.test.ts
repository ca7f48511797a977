/** A browser in another country: time zone and language in apps, and the background that the administrator set. */
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { missingBrowser, Person } from './person.ts';
import { DATA, ENGINE, Product } from './product.ts';
import { Terminal } from './tools.ts';

/** The setting from the documentation of the compatible system, with a picture of ours. */
const OD_CONFIG = `[global]
desktop.envlocal: { 'X11LISTEN':'tcp', 'SET_DEFAULT_WALLPAPER':'tide.png' }
`;
/** The same in the product's own format, to which the test of a cluster adds that cluster. */
const CONFIG = JSON.stringify({ desktop: { env: { X11LISTEN: 'tcp', SET_DEFAULT_WALLPAPER: 'tide.png' } } });
/** 1 July 2025, noon, UTC. */
const SUMMER = 1_751_371_200;
/** The lowest wave of the picture: most of the bottom edge. */
const WAVE = [0xa9, 0xdf, 0xcf] as const;

suite('a browser in another country', { skip: missingBrowser, timeout: 10 * 60_000 }, () => {
  const config = join(DATA, 'region.config');
  let product: Product;
  let terminal: Terminal;
  before(async () => {
    await writeFile(config, ENGINE === 'kubernetes' ? CONFIG : OD_CONFIG);
    product = await Product.start(['--config', config, '--demo']);
    terminal = await Terminal.open();
  });
  after(async () => {
    await product?.clear();
    await terminal?.[Symbol.asyncDispose]();
    await product?.[Symbol.asyncDispose]();
    await rm(config, { force: true });
  });

  test('apps use its time zone, date format and sort order, in front of the background from the configuration', async () => {
    await using fry = await Person.at(product, undefined, { locale: 'de-DE', timezoneId: 'Asia/Calcutta' });
    await fry.logIn('fry', 'fry');
    await fry.seesDesktop();
    await fry.seesPixels('the picture', (pixels) => {
      const last = pixels.subarray(pixels.length - 3 * 100);
      return last.length > 0 && last.every((value, index) => Math.abs(value - (WAVE[index % 3] ?? 0)) < 4);
    });
    await fry.starts('terminal');
    const login = await terminal.deskpod(['login', 'fry', '--server', product.address], { input: 'fry\n' });
    assert.equal(login.code, 0, login.err);
    const launches = await terminal.deskpod(['launches', 'list']);
    const launch = /^\S*fry\S*terminal\S*/m.exec(launches.out)?.[0] ?? '';
    const command = `date -d @${SUMMER} '+%A %H:%M'; printf 'Zebra\\nÄpfel\\n' | sort | head -n 1`;
    for (const target of ['-', launch]) {
      const { out, err } = await terminal.deskpod(['exec', target, '--', 'bash', '-c', command]);
      assert.deepEqual(out.trim().split('\n'), ['Dienstag 17:30', 'Äpfel'], `${target} ${err}`);
    }
  });
});
