/** Settings in a real browser: apps built at their first use, and the details of a launch before and after its end. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { EngineApi, isStatus } from '#containers-client/api.ts';
import { onlyOn } from './engine.ts';
import { missingBrowser, Person } from './person.ts';
import { ENGINE, Product, RUN } from './product.ts';

const CALCULATOR = 'localhost/deskpod/calculator:1';
const notBuiltHere = onlyOn('containers', 'a cluster pulls images');
/** As the page shows it. */
const ENGINE_VERSION = ENGINE === 'kubernetes' ? /Kubernetes v?\d+\.\d+/ : /Podman \d+\.\d+/;
/** The launch's log is the output of xterm itself. */
const COUNTING = 'for ((i = 0; i < 9999; i++)); do echo "line $i of $PLANET" >/proc/$PPID/fd/1; sleep 0.1; done';

suite('settings and tasks', { skip: missingBrowser, timeout: 16 * 60_000 }, () => {
  let product: Product;
  let hermes: Person;

  before(async () => {
    product = await Product.start();
    if (notBuiltHere === false) {
      await uninstall(CALCULATOR);
      await product.stop();
      await product.run();
    }
    hermes = await Person.at(product);
    await hermes.logIn('hermes', 'hermes');
    await hermes.seesDesktop();
  });
  after(async () => {
    await product?.clear();
    await hermes?.[Symbol.asyncDispose]();
    await product?.[Symbol.asyncDispose]();
  });

  const chosen = (): Promise<string | null> => hermes.page.locator('tr.on').getAttribute('data-launch');
  const logged = (text: string): Promise<void> => hermes.find('log-line').filter({ hasText: text }).first().waitFor();

  test(
    'an app that is not installed is built at its first use, shows its progress, and opens',
    { skip: notBuiltHere },
    async () => {
      await hermes.search('calculator');
      const row = hermes.find('search-result', '[data-app="calculator"]');
      assert.match(await row.innerText(), /not installed/i);
      const installing = hermes.find('dock-app', '[data-app="calculator"][data-phase="installing"]').waitFor();
      await row.click();
      await installing;
      await hermes.page.keyboard.press('Control+Space');
      await hermes.find('search-input').fill('calculator');
      const progress = await row.innerText();
      await hermes.page.keyboard.press('Escape');
      assert.match(progress, /installing|running|starting/i);
      await hermes.find('dock-app', '[data-app="calculator"][data-windows="1"]').waitFor({ timeout: 10 * 60_000 });
    },
  );

  test('an app runs again with other variables and arguments, and its environment shows them', async () => {
    await hermes.starts('terminal');
    await hermes.opens('tasks');
    await hermes.task('Terminal').first().click();
    await hermes.find('task-with').click();
    for (const [at, [name, value]] of [
      ['PLANET', 'Omicron'],
      ['SECRET_PLAN', 'popplers'],
    ].entries()) {
      await hermes.find('run-again-add').click();
      await hermes
        .find('run-again-name')
        .nth(at)
        .fill(name ?? '');
      await hermes
        .find('run-again-value')
        .nth(at)
        .fill(value ?? '');
    }
    assert.equal(await hermes.find('run-again-public').nth(1).isDisabled(), true);
    await hermes.find('run-again-public').first().check();
    await hermes.find('run-again-args').fill(`-e\nbash\n-c\n${COUNTING}`);
    await hermes.find('run-again-start').click();
    await hermes.find('run-again-start').waitFor({ state: 'detached' });
    await logged('line 0 of Omicron');
    await hermes.find('tab-environment').click();
    const environment = await hermes.find('environment').innerText();
    assert.match(environment, /PLANET\s+Omicron/);
    assert.match(environment, /SECRET_PLAN\s+••••/);
    assert.doesNotMatch(environment, /popplers/);
    const { launches } = await product.administrator();
    const [newest] = await launches.list({ user: 'hermes', limit: 1 });
    const seen = (await launches.get(newest?.id ?? '')).requested.env;
    assert.deepEqual([seen['PLANET'], seen['SECRET_PLAN']], ['Omicron', '••••']);
    await hermes.find('tab-details').click();
    await hermes.find('task-detail').filter({ hasText: '-e bash -c' }).waitFor();
  });

  test('the log of a running app can be followed, copied and downloaded', async () => {
    await hermes.find('tab-logs').click();
    await logged('line 30 of Omicron');
    const box = hermes.find('log');
    const atEnd = (): Promise<boolean> =>
      box.evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight < 40 && log.scrollTop > 0);
    assert.ok(await atEnd(), 'new lines appear');
    await box.evaluate((log) => log.scrollTo(0, 0));
    await hermes.find('log-follow', '[aria-pressed="false"]').waitFor();
    await hermes.find('log-follow').click();
    await hermes.find('log-follow', '[aria-pressed="true"]').waitFor();
    await hermes.page.waitForFunction(() => {
      const log = document.querySelector('[data-test="log"]');
      return log !== null && log.scrollHeight - log.scrollTop - log.clientHeight < 40 && log.scrollTop > 0;
    });
    await hermes.find('log-copy').click();
    await hermes.find('log-copy').filter({ hasText: 'Copied' }).waitFor();
    const copied = await hermes.page.evaluate(() => navigator.clipboard.readText());
    assert.match(copied, /line 29 of Omicron\n.*line 30 of Omicron/);
    const [download] = await Promise.all([hermes.page.waitForEvent('download'), hermes.find('log-download').click()]);
    assert.equal(download.suggestedFilename(), `${await chosen()}.log`);
    assert.match(await readFile(await download.path(), 'utf8'), /line 0 of Omicron\n.*line 1 of Omicron/);
  });

  test('a finished launch keeps its log, runs again in the desktop, and can be removed', async () => {
    const id = await chosen();
    const counting = hermes.find('task', `[data-launch="${id}"]`);
    await counting.locator('[data-test="task-stop"]').click();
    await hermes.find('task', `[data-launch="${id}"][data-state="finished"]`).waitFor();
    await logged('line 0 of Omicron');
    await hermes.find('settings-close').click();
    await hermes.search('shm-demo-with-error');
    await hermes.find('search-result', '[data-app="shm-demo-with-error"]').first().click();
    await hermes.opens('tasks');
    // Earlier launches are listed, too.
    const newest = hermes.page.locator('tr:first-child[data-app*="shm-demo-with-error"][data-exit="1"]');
    const failed = hermes.find('task', `[data-launch="${await newest.getAttribute('data-launch')}"]`);
    await failed.click();
    await hermes.find('task-in-desktop').click();
    const mended = hermes.find('task', '[data-app*="shm-demo"][data-state="running"]');
    await mended.filter({ hasText: 'in the desktop' }).waitFor();
    await failed.locator('[data-test="task-remove"]').click();
    await failed.waitFor({ state: 'detached' });
    await mended.waitFor();
  });

  test('System shows versions, engine and the steps of the start; User shows name, labels, limits with their use, and logins', async () => {
    await hermes.opens('system');
    const system = hermes.page.locator('[data-page="system"]');
    await system.filter({ hasText: ENGINE_VERSION }).waitFor();
    assert.match(await system.innerText(), /v24\.\d+[\s\S]*Display ready[\s\S]*\d+ ms/);
    await hermes.opens('user');
    const user = hermes.page.locator('[data-page="user"]');
    await user.filter({ hasText: '127.0.0.1' }).waitFor();
    await user.filter({ hasText: 'Running apps' }).waitFor();
    assert.match(await user.innerText(), /Hermes Conrad[\s\S]*hermes[\s\S]*this session/);
    const text = await user.innerText();
    const { limits } = await product.administrator();
    const uses = new Map((await limits('hermes')).map((limit) => [limit.name, limit]));
    const launches = uses.get('launches');
    assert.match(text, new RegExp(`Running apps\\s+${launches?.used} of ${launches?.limit}`));
    for (const [name, label] of [
      ['terminals', 'Terminals'],
      ['streams', 'Event streams \\(pages and logs\\)'],
      ['screens', 'Screens'],
    ] as const)
      assert.match(text, new RegExp(`${label}\\s+\\d+ of ${uses.get(name)?.limit}`));
    await hermes.find('settings-close').click();
  });

  test('support finds finished launches of other users; users without that role have no such page', async () => {
    await using leela = await Person.at(product);
    await leela.logIn('leela', 'leela');
    await leela.seesDesktop();
    await leela.opens('launches');
    await leela.find('find-user').fill('hermes');
    await leela.find('find-app').fill('terminal');
    await leela.find('find-launches').click();
    await leela.find('task', '[data-state="finished"]').first().click();
    await leela.find('log-line').filter({ hasText: 'line 0 of Omicron' }).waitFor();
    assert.equal(await leela.find('task-stop').or(leela.find('task-again')).count(), 0, 'support can only view them');
    await using fry = await Person.at(product);
    await fry.logIn('fry', 'fry');
    await fry.seesDesktop();
    await fry.opens('system');
    assert.equal(await fry.find('page-launches').count(), 0);
    const status = await fry.page.evaluate(async () => (await fetch('/api/v1/launches?user=hermes')).status);
    assert.equal(status, 403);
  });

  test('the browser console has no errors', () => {
    assert.deepEqual(hermes.complaints, []);
  });
});

/** Keeps the layers, so that the next build is quick. */
async function uninstall(image: string): Promise<void> {
  const api = new EngineApi(join(RUN, 'engine/podman.sock'));
  try {
    await api.text('DELETE', `/images/${encodeURIComponent(image)}`, { query: { noprune: true } });
  } catch (error) {
    if (!isStatus(error, 404)) throw error;
  }
}
