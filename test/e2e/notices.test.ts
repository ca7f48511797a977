/** A user learns how each launch ended: a notification with the reason and a fix, until it is read. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { Client } from '#client/client.ts';
import { killDesktop } from './engine.ts';
import { eventually, Someone } from './faults-kit.ts';
import { missingBrowser, Person } from './person.ts';
import { Product } from './product.ts';

const FAILING = 'shm-demo-with-error';

suite('notifications about ended launches in the browser', { skip: missingBrowser, timeout: 10 * 60_000 }, () => {
  let product: Product;
  let hermes: Person;
  /** The same user in another tab or at the command line. */
  let elsewhere: Someone;

  before(async () => {
    product = await Product.start();
    elsewhere = await Someone.at(product, 'hermes');
    await readAll(elsewhere.client);
    hermes = await Person.at(product);
    await hermes.logIn('hermes', 'hermes');
    await hermes.seesDesktop();
  });
  after(async () => {
    await product?.clear();
    await elsewhere?.[Symbol.asyncDispose]();
    await hermes?.[Symbol.asyncDispose]();
    await product?.[Symbol.asyncDispose]();
  });

  const notice = () => hermes.find('notice');
  const unread = (count: number): Promise<void> =>
    hermes.find('notices-button', `[title="Notifications${count === 0 ? '' : `, ${count} unread`}"]`).waitFor();

  test('a failed app: its name, the reason and the hint, shown again after a reload and removed when read', async () => {
    await hermes.search(FAILING);
    await hermes.find('search-result', `[data-app="${FAILING}"]`).first().click();
    await notice()
      .filter({ hasText: /ended with an error \(exit code 1\)/ })
      .waitFor();
    await hermes.find('notice-hint', '[data-hint="mit-shm"]').waitFor();
    assert.equal(await hermes.page.locator('.notices [role="alert"] [data-test="notice"]').count(), 1);
    await hermes.page.reload();
    await hermes.seesDesktop();
    await notice()
      .filter({ hasText: /exit code 1/ })
      .waitFor();
    await unread(1);
    await hermes.photograph('notice-of-a-failure');
    await hermes.find('notice-log').click();
    await hermes.find('log-line').filter({ hasText: 'MIT-SHM' }).first().waitFor();
    await hermes.find('settings-close').click();
    await unread(0);
    await hermes.page.reload();
    await hermes.seesDesktop();
    await elsewhere.sees('nothing unread', ({ launches }) => [...launches.values()].every((launch) => !launch.unread));
    await unread(0);
  });

  test('its button starts the app as the hint suggests; a notification read in one tab is read in the other', async () => {
    const { id } = await elsewhere.client.launches.start({ app: FAILING });
    await notice().waitFor();
    await hermes.page.keyboard.press('Control+Space');
    await hermes.page.keyboard.press('Escape');
    await hermes.find('notice-remedy').filter({ hasText: 'Run again in the desktop' }).press('Enter');
    await elsewhere.sees('it runs in the desktop', ({ launches }) =>
      [...launches.values()].find(
        ({ runtime, status, appName }) =>
          runtime === 'ephemeral_container' && status.state === 'running' && /shared/i.test(appName),
      ),
    );
    await notice().waitFor({ state: 'detached' });
    await elsewhere.sees('it was read', ({ launches }) => launches.get(id)?.unread !== true);
    const again = await elsewhere.client.launches.start({ app: FAILING });
    await notice().waitFor();
    await elsewhere.client.launches.read([again.id]);
    await notice().waitFor({ state: 'detached' });
    await unread(0);
  });

  test('an app that its user closes or stops causes no notification', async () => {
    const closed = await elsewhere.runs('terminal');
    const { id: window } = await elsewhere.hasWindowOf(closed.id);
    await elsewhere.client.windows.act(window, { action: 'close' });
    await elsewhere.isToldTheEndOf(closed.id);
    const stopped = await elsewhere.runs('terminal');
    await elsewhere.client.launches.stop(stopped.id);
    await elsewhere.isToldTheEndOf(stopped.id);
    const launches = await elsewhere.client.launches.list();
    for (const one of [closed, stopped])
      assert.equal(launches.find(({ id }) => id === one.id)?.unread, undefined, JSON.stringify(one));
    await unread(0);
  });

  test('a killed desktop: the card says so, and one notification lists the apps that ended with it', async () => {
    const first = await elsewhere.runs('terminal');
    await elsewhere.runs('2048-qt');
    await killDesktop(product, first.desktopId);
    await hermes.find('starting', '[data-state="failed"]').waitFor();
    const card = await hermes.find('starting').innerText();
    assert.match(card, /Your desktop has ended/);
    assert.doesNotMatch(card, /didn’t start/);
    assert.equal(await hermes.find('trace').count(), 0);
    await hermes.find('start-again').click();
    await hermes.seesDesktop();
    await notice().waitFor();
    await hermes.photograph('notice-of-a-desktop');
    await hermes.find('notices-button').click();
    const earlier = hermes.find('notice-earlier').filter({ hasText: 'Terminal' });
    await earlier.first().waitFor();
    assert.match(await earlier.first().innerText(), /Terminal.*2048 Qt.* ended because the desktop ended unexpectedly/);
    assert.equal(await earlier.count(), 1);
    await unread(0);
  });
});

async function readAll(client: Client): Promise<void> {
  await eventually('nothing is unread', async () => {
    const ids = (await client.launches.list()).filter(({ unread }) => unread).map(({ id }) => id);
    if (ids.length > 0) await client.launches.read(ids);
    return ids.length === 0 ? true : null;
  });
}
