/** The fate of files when a desktop ends, as shown and in fact: kept for a user, deleted for a guest. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { Desktop } from '#protocol/desktop.ts';
import { missingBrowser, Person } from './person.ts';
import { DATA, ENGINE, Product } from './product.ts';

suite('files when a desktop ends', { skip: missingBrowser, timeout: 10 * 60_000 }, () => {
  let product: Product;
  before(async () => {
    product = await Product.start();
  });
  after(async () => product?.[Symbol.asyncDispose]());

  const desktopOf = async ({ page }: Person): Promise<Desktop> =>
    Desktop.parse(
      await page.evaluate(async () => (await fetch('/api/v1/desktop', { signal: AbortSignal.timeout(60_000) })).json()),
    );

  const types = async (person: Person, command: string, expected: string): Promise<void> => {
    if (!(await person.find('terminal').isVisible())) {
      await person.page.keyboard.press('Control+Alt+t');
      await person.find('terminal', '[data-state="open"]').waitFor();
    }
    await person.find('terminal-box').filter({ hasText: '$' }).click();
    await person.page.keyboard.type(`${command}\n`);
    await person.find('terminal-box').filter({ hasText: expected }).waitFor();
  };

  const asks = async (person: Person): Promise<void> => {
    await person.page.keyboard.press('Control+Alt+m');
    await person.find('menu-logout').click();
  };

  test("a user's home is kept: no warning, every confirmation says so, and the file is still there afterwards", async () => {
    await using leela = await Person.at(product);
    await leela.logIn('Turanga Leela', 'leela');
    await leela.seesDesktop();
    assert.equal((await desktopOf(leela)).home, 'kept');
    assert.equal(await leela.find('home-mark').count(), 0);
    await types(leela, 'rm -f ~/kept; echo precious > ~/kept; echo do"ne"', 'done');
    await asks(leela);
    assert.equal(await leela.find('home-kept').innerText(), 'The files in your home folder are kept.');
    await leela.find('logout-confirm').click();
    assert.match(await leela.find('farewell').innerText(), /files in your home folder were kept/);
    assert.equal(await readFile(product.home('leela', 'kept'), 'utf8'), 'precious\n');
  });

  test('a guest sees a warning from the start, sees which files would be deleted, and saves one', async () => {
    await using guest = await Person.at(product);
    await guest.find('tab-anonymous').click();
    assert.match(await guest.page.locator('body').innerText(), /files are deleted when you log out/);
    await guest.find('login-guest').click();
    await guest.seesDesktop();
    await guest.find('notice').filter({ hasText: 'deleted when this desktop ends' }).waitFor();
    const { id, home } = await desktopOf(guest);
    assert.equal(home, 'lost');
    await asks(guest);
    assert.match(await guest.find('home-empty').innerText(), /No files in your home folder have changed/);
    await guest.find('logout-cancel').click();

    await types(
      guest,
      `mkdir -p ~/.cache; date > ~/.cache/again; cd; printf precious > $'two\\nlines'; echo do"ne"`,
      'done',
    );
    await guest.find('home-mark').click();
    await guest.find('home').waitFor();
    const file = guest.find('home-file').filter({ hasText: 'two\\u{a}lines' });
    await file.first().waitFor();
    assert.doesNotMatch(await guest.find('home-lost').locator('ul').innerText(), /cache/);
    await guest.photograph('home-lost');
    const downloading = guest.page.waitForEvent('download');
    await guest.find('home-download').click();
    const download = await downloading;
    const folder = await mkdtemp(join(tmpdir(), 'deskpod-download-'));
    try {
      const archive = join(folder, 'home.tar.gz');
      await download.saveAs(archive);
      assert.match(download.suggestedFilename(), /^[a-z0-9.-]+-home\.tar\.gz$/);
      execFileSync('tar', ['xzf', archive, '--strip-components=1', '-C', folder]);
      assert.equal(await readFile(join(folder, 'two\nlines'), 'utf8'), 'precious');
      assert.equal(existsSync(join(folder, '.cache')), false);
    } finally {
      await rm(folder, { recursive: true });
    }
    await guest.find('home-close').click();

    await asks(guest);
    await guest.find('home-lost').waitFor();
    await guest.find('logout-confirm').click();
    assert.match(await guest.find('farewell').innerText(), /the files in its home folder were removed/);
    // On a cluster they are in a volume of the pod.
    const guests = ENGINE === 'kubernetes' ? [] : await readdir(join(DATA, 'guests'));
    assert.ok(!guests.includes(id ?? ''), 'the files are deleted, as announced');
    assert.deepEqual(guest.complaints, []);
  });

  test('a list that fails to load is reported and can be requested again', async () => {
    await using guest = await Person.at(product);
    await guest.find('tab-anonymous').click();
    await guest.find('login-guest').click();
    await guest.seesDesktop();
    await types(guest, 'echo precious > ~/mine; echo do"ne"', 'done');
    await guest.page.route('**/api/v1/desktop/home', (route) => route.abort());
    await asks(guest);
    assert.match(await guest.find('home-failed').innerText(), /deleted. They couldn’t be listed/);
    assert.equal(await guest.find('home-download').isVisible(), true);
    await guest.page.unroute('**/api/v1/desktop/home');
    await guest.find('home-failed').getByRole('button').click();
    await guest.find('home-file').filter({ hasText: 'mine' }).waitFor();
    await guest.find('logout-cancel').click();
  });

  test("an administrator sees what the removal of a user's desktop does to the files", async () => {
    await using guest = await Person.at(product);
    await guest.find('tab-anonymous').click();
    await guest.find('login-guest').click();
    await guest.seesDesktop();
    const { id } = await desktopOf(guest);
    await using professor = await Person.at(product);
    await professor.logIn('professor', 'professor');
    await professor.seesDesktop();
    await professor.opens('desktops');
    await professor.find('desktop', `[data-desktop="${id}"]`).locator('[data-test="desktop-remove"]').click();
    assert.match(await professor.find('remove-desktop-home').innerText(), /are deleted, too/);
    await professor.find('remove-desktop-confirm').click();
    await guest
      .find('starting', '[data-state="none"]')
      .filter({ hasText: 'files in your home folder are deleted' })
      .waitFor();
  });
});
