/**
 * Inspecting and debugging in a real browser: a user's own failing app, another user's desktop, and an app that ends at
 * once.
 */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { choosesFailed, copiesAsleep, putsToolbox, reads, runs, toolboxIsAtHand, types } from './debug-kit.ts';
import { refusedWith, Someone } from './faults-kit.ts';
import { missingBrowser, Person } from './person.ts';
import { Product } from './product.ts';

const DEMO = 'shm-demo-with-error';
/** From opening the Tasks page to finding the reason. */
const A_MINUTE_MS = 60_000;

suite('inspecting and debugging', { skip: missingBrowser, timeout: 10 * 60_000 }, () => {
  let product: Product;

  before(async () => {
    product = await Product.start();
    await toolboxIsAtHand(product);
  });
  after(async () => {
    await product?.clear();
    await product?.[Symbol.asyncDispose]();
  });

  test('a user finds out in less than a minute why the shared-memory demo fails, and verifies it in a toolbox', async () => {
    await using hermes = await Person.at(product);
    await hermes.logIn('hermes', 'hermes');
    await hermes.seesDesktop();
    await hermes.search(DEMO);
    await hermes.find('search-result', `[data-kind="app"][data-app="${DEMO}"]`).first().click();

    const began = performance.now();
    const id = await choosesFailed(hermes, DEMO);
    await hermes.find('hint').waitFor();
    await hermes
      .find('log-line')
      .filter({ hasText: /BadAccess|MIT-SHM|X Error/ })
      .first()
      .waitFor();
    const copy = await copiesAsleep(hermes, id);
    await hermes.find('task-inspect').click();
    await hermes.find('inspect-container', `[data-name="${copy}"]`).waitFor();
    await hermes.find('inspect-namespaces').click();
    const row = (name: string) => hermes.find('namespace-row', `[data-name="${name}"]`);
    await row(copy).locator('[data-test="namespace-choose"]').check();
    await hermes.find('namespace-row').first().locator('[data-test="namespace-choose"]').check();
    const sentence = await hermes.find('namespace-pair').filter({ hasText: 'Each has its own' }).innerText();
    assert.match(sentence, /Each has its own [^.]*\bipc\b/, 'the two containers do not share an IPC namespace');
    const took = performance.now() - began;
    assert.ok(took < A_MINUTE_MS, `it took ${Math.round(took)} ms`);
    await hermes.photograph('inspect-namespaces');

    await hermes.find('inspect-containers').click();
    await hermes.find('inspect-card', `[data-name="${copy}"]`).click();
    await hermes.photograph('inspect-containers');
    await hermes.find('detail-toolbox').click();
    await putsToolbox(hermes);
    await reads(hermes, 'debug-box', 'Toolbox beside');
    await types(hermes, 'debug-box', 'ls usr/bin/shm-demo && echo seen-$((6 * 7))');
    await reads(hermes, 'debug-box', 'seen-42');

    await hermes.page.reload();
    await reads(hermes, 'debug-box', 'seen-42');
    await hermes.photograph('debug-terminal');
    await hermes.find('debug-stop').click();
    await hermes.find('debug-ended').waitFor();
    await hermes.find('debug-recording').click();
    await hermes.find('recording-box').waitFor();
    await hermes.find('recording-close').click();
    assert.deepEqual(hermes.complaints, []);
  });

  test('support can debug a desktop only with the consent of its owner, who sees the session and ends it', async () => {
    await using fry = await Person.at(product);
    await using leela = await Person.at(product);
    for (const [person, name] of [
      [fry, 'fry'],
      [leela, 'leela'],
    ] as const) {
      await person.logIn(name, name);
      await person.seesDesktop();
    }
    await fry.starts('terminal');

    await leela.opens('desktops');
    await leela.find('desktop').filter({ hasText: 'fry' }).locator('[data-test="desktop-inspect"]').click();
    await leela.find('inspect-card', '[data-kind="launch"]').click();
    await leela.find('detail-toolbox').click();
    await leela.find('toolbox-start').click();
    assert.match(await leela.find('debug-problem').innerText(), /reason/);
    await putsToolbox(leela, 'The terminal is slow');
    await leela.find('debug-waiting').filter({ hasText: 'to agree, until' }).waitFor();

    await fry.find('consent').filter({ hasText: 'The terminal is slow' }).waitFor();
    assert.match(await fry.find('consent').innerText(), /Turanga Leela[\s\S]*restricted/);
    await fry.photograph('consent');
    await fry.page.keyboard.press('Escape');
    await fry.find('consent-pill').click();
    await fry.find('consent-decline').click();
    await leela.find('debug-ended').filter({ hasText: 'request was denied' }).waitFor();
    await leela.find('debug-terminal-close').click();

    await using staff = await Someone.at(product, 'leela');
    const [theirs] = await staff.client.launches.list({ user: 'fry' });
    assert.ok(theirs);
    await assert.rejects(staff.terminal(theirs.id), /refused with 403/);
    await assert.rejects(staff.client.debug.exec({ launch: theirs.id }), refusedWith(400));

    await leela.opens('desktops');
    await leela.find('desktop').filter({ hasText: 'fry' }).locator('[data-test="desktop-inspect"]').click();
    await leela.find('inspect-card', '[data-kind="launch"]').click();
    await leela.find('detail-toolbox').click();
    await putsToolbox(leela, 'Once more, please');
    await fry.find('consent-agree').click();
    await reads(leela, 'debug-box', 'Toolbox beside');
    await fry.find('debug-banner').filter({ hasText: 'Once more, please' }).waitFor();
    await fry.photograph('banner');
    await types(leela, 'debug-box', 'echo inside-$((6 * 7))');
    await reads(leela, 'debug-box', 'inside-42');
    await fry.find('banner-watch').click();
    await reads(fry, 'debug-box', 'inside-42');
    await leela.find('debug-people').filter({ hasText: '2' }).waitFor();

    await fry.find('banner-end').click();
    await leela.find('debug-ended').filter({ hasText: 'desktop’s owner ended the session' }).waitFor();
    await fry.find('debug-banner').waitFor({ state: 'detached' });
    await fry.find('debug-terminal-close').click();
    await fry.opens('debug-sessions');
    await fry.find('debug-session', '[data-state="ended"]').filter({ hasText: 'Once more, please' }).first().waitFor();
    await fry.photograph('debug-sessions');
    await fry.find('debug-session-play').first().click();
    await fry.find('recording-box').waitFor();
    await fry.find('recording-close').click();
    assert.deepEqual([...fry.complaints, ...leela.complaints], []);
  });

  test('an app that ends at once is copied with sleep as its command, and the fix is found in the copy', async () => {
    await using bender = await Person.at(product);
    await bender.logIn('bender', 'bender');
    await bender.seesDesktop();
    await using api = await Someone.at(product, 'bender');
    await api.hasDesktop();
    const { id } = await api.client.launches.start({ app: 'terminal', args: ['-bogus'] });
    await api.isToldTheEndOf(id);
    await bender.opens('tasks');
    await bender.find('task', `[data-launch="${id}"]`).locator('.task-name').click();
    const copy = await copiesAsleep(bender, id);
    await bender.photograph('copy');
    assert.equal((await api.client.launches.get(id)).status.state, 'finished', 'the original is unchanged');

    // A shell can be opened when the container runs.
    await bender.find('task', `[data-launch="${copy}"][data-state="running"]`).waitFor();
    await bender.find('task-debug').click();
    await bender.find('debug-verb-shell').click();
    await bender.find('shell-open').click();
    await bender.find('terminal', '[data-state="open"]').waitFor();
    await types(bender, 'terminal-box', 'xterm -bogus 2>&1 | head -n 1');
    await reads(bender, 'terminal-box', 'bad command line option');
    await types(bender, 'terminal-box', 'xterm &');
    await api.hasWindowOf(copy);
    await bender.photograph('repaired');
    await bender.find('terminal-close').click();

    const mended = await api.client.launches.again(id, { args: [] });
    await api.hasWindowOf(mended.id);
    assert.deepEqual(bender.complaints, []);
  });

  test('a user who was away is shown once, at the next login, who debugged the desktop', async () => {
    const before = await Someone.at(product, 'amy');
    const desktop = await before.hasDesktop();
    await before.client.session.disconnect();
    await before[Symbol.asyncDispose]();
    await using professor = await Someone.at(product, 'professor');
    await runs(professor, { desktop, reason: 'A routine check' });

    await using amy = await Person.at(product);
    await amy.logIn('amy', 'amy');
    await amy.seesDesktop();
    const told = amy.find('while-away').filter({ hasText: 'Hubert J. Farnsworth' });
    await told.filter({ hasText: 'A routine check' }).waitFor();
    await amy.photograph('while-away');
    await amy.find('away-seen').click();
    await amy.find('while-away').waitFor({ state: 'detached' });
    await amy.find('unseen-pill').waitFor({ state: 'detached' });
    await amy.page.reload();
    await amy.seesDesktop();
    assert.equal(await amy.find('while-away').or(amy.find('unseen-pill')).count(), 0);
    assert.deepEqual(amy.complaints, []);
  });

  test('a rebuild removes finished containers and starts the same apps again', async () => {
    await using zoidberg = await Person.at(product);
    await zoidberg.logIn('zoidberg', 'zoidberg');
    await zoidberg.seesDesktop();
    await using api = await Someone.at(product, 'zoidberg');
    const before = await api.hasDesktop();
    const { id } = await api.client.launches.start({ app: 'terminal', args: ['-bogus'] });
    await api.isToldTheEndOf(id);
    await zoidberg.starts('text-editor');
    await zoidberg.search('inspect');
    await zoidberg.page.keyboard.press('Enter');
    await zoidberg.find('inspect-rebuild').click();
    await zoidberg.find('rebuild-idle').click();
    await zoidberg.find('rebuild-scheduled').waitFor();
    await zoidberg.find('rebuild-cancel-scheduled').click();
    await zoidberg.find('inspect-rebuild').click();
    await zoidberg.find('rebuild-now').click();
    await api.sees('another desktop', ({ desktop }) => desktop?.status.state === 'running' && desktop.id !== before);
    await zoidberg.seesDesktop();
    await zoidberg.seesWindowOf('text-editor');
    assert.deepEqual(zoidberg.complaints, []);
  });
});
