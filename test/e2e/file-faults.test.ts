/** Uploads when something else fails: the disk or the home is full, the files service is killed. Nothing is lost. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { onlyOn } from './engine.ts';
import { Someone } from './faults-kit.ts';
import { fileDigest, FilesPanel } from './files-kit.ts';
import { processOf } from './machine.ts';
import { missingBrowser, Person } from './person.ts';
import { Product } from './product.ts';

const MB = 1024 * 1024;
const USER = 'zoidberg';
const SIZE_MB = 48;
const SMALL_DISK = '32m';
const LARGE_DISK = '256m';

suite(
  'uploads when something fails',
  { skip: missingBrowser || onlyOn('containers', 'homes are mounted and services killed on this machine') },
  () => {
    let product: Product;
    let zoidberg: Person;
    let files: FilesPanel;
    let here: string;
    let file: string;
    let home: string;

    before(async () => {
      here = await mkdtemp(join(tmpdir(), 'deskpod-faults-'));
      file = join(here, 'large.bin');
      writeFileSync(file, randomBytes(SIZE_MB * MB));
      product = await Product.start();
      home = product.home(USER);
      spawnSync('umount', ['-l', home]);
      await hasHome(product);
      smallDisk(home);
      zoidberg = await Person.at(product);
      await zoidberg.logIn(USER, USER);
      await zoidberg.seesDesktop();
      files = new FilesPanel(zoidberg);
    });
    after(async () => {
      await zoidberg?.[Symbol.asyncDispose]();
      await product?.clear();
      await product?.[Symbol.asyncDispose]();
      if (home) spawnSync('umount', ['-l', home]);
      await rm(here, { recursive: true, force: true });
    });

    const visible = (): string[] => readdirSync(home).filter((name) => !name.startsWith('.'));

    test('a full disk stops an upload with the reason; with room, it continues where it was, and arrives identical', async () => {
      await files.opens();
      const before = visible();
      await files.chooses('files-upload', file);
      const failed = zoidberg.find('transfer', '[data-state="failed"]');
      await failed.filter({ hasText: 'The home folder has no room left.' }).waitFor();
      assert.deepEqual(visible(), before);
      const part = readdirSync(home).find((name) => name.endsWith('.part')) ?? assert.fail('the part is gone');
      const kept = statSync(join(home, part)).size;
      assert.ok(kept >= 4 * MB, `${kept} bytes were kept`);
      mount('-o', `remount,size=${LARGE_DISK}`, home);
      await zoidberg.find('transfer-retry').click();
      await files.transferEnds('large.bin');
      assert.equal(await fileDigest(join(home, 'large.bin')), await fileDigest(file));
      await zoidberg.find('transfers-close').click();
    });

    test('the files service is killed during an upload: it starts again, and the upload continues by itself', async () => {
      await rm(join(home, 'large.bin'));
      await files.opens();
      await files.chooses('files-upload', file);
      await files.hasSent(10);
      const { id } = await (await product.administrator()).desktops.list().then(([one]) => one ?? assert.fail());
      process.kill((await processOf(id, 'lighttpd')).pid, 'SIGKILL');
      await files.transferEnds('large.bin');
      assert.equal(await fileDigest(join(home, 'large.bin')), await fileDigest(file));
      assert.deepEqual(
        readdirSync(home).filter((name) => name.endsWith('.part')),
        [],
      );
    });
  },
);

/** The first desktop of a user makes the home. */
async function hasHome(product: Product): Promise<void> {
  if (existsSync(product.home(USER))) return;
  await using zoidberg = await Someone.at(product, USER);
  await zoidberg.hasDesktop();
  await product.clear();
}

function smallDisk(home: string): void {
  const { uid, gid } = statSync(home);
  mount('-t', 'tmpfs', '-o', `size=${SMALL_DISK},uid=${uid},gid=${gid},mode=0700`, 'tmpfs', home);
}

function mount(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('mount', args, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
}
