/** Debug sessions while the owner is away: an administrator's approval, the time limit, and a scheduled rebuild. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { putsToolbox, reads, toolboxIsAtHand } from './debug-kit.ts';
import { eventually, Someone } from './faults-kit.ts';
import { missingBrowser, Person } from './person.ts';
import { Product } from './product.ts';

/** Short enough that the warning about the end is shown from the start. */
const CONFIG = { debug: { ttlSeconds: 110, approvableSeconds: 15 }, desktop: { rebuildAfterSeconds: 60 } };
/** Exceeds one minute without viewers and the time until the server notices. */
const IDLE_MS = 3 * 60_000;

suite('debugging while the owner is away', { skip: missingBrowser, timeout: 10 * 60_000 }, () => {
  let product: Product;
  let folder: string;
  let compacted: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deskpod-approval-'));
    const config = join(folder, 'config.yaml');
    await writeFile(config, JSON.stringify(CONFIG));
    product = await Product.start(['--config', config]);
    await toolboxIsAtHand(product);
    // Starts first: the idle time passes while the other tests run.
    compacted = await asksForRebuild('zoidberg');
  });
  after(async () => {
    await product?.clear();
    await product?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  async function leaves(name: string): Promise<void> {
    await using someone = await Someone.at(product, name);
    await someone.hasDesktop();
    await someone.client.session.disconnect();
  }

  async function asks(support: Person, of: string, reason: string): Promise<void> {
    await support.opens('desktops');
    await support.find('desktop').filter({ hasText: of }).locator('[data-test="desktop-inspect"]').click();
    await support.find('inspect-card', '[data-kind="service"]').first().click();
    await support.find('detail-toolbox').click();
    await putsToolbox(support, reason);
    await support.find('debug-waiting').filter({ hasText: 'to agree, until' }).waitFor();
  }

  /** Resolves to the desktop that is rebuilt when it has no viewers. */
  async function asksForRebuild(name: string): Promise<string> {
    await using person = await Person.at(product);
    await person.logIn(name, name);
    await person.seesDesktop();
    await using api = await Someone.at(product, name);
    const desktop = await api.hasDesktop();
    const { id } = await api.client.launches.start({ app: 'terminal', args: ['-bogus'] });
    await api.isToldTheEndOf(id);
    await person.starts('text-editor');
    await person.search('inspect');
    await person.page.keyboard.press('Enter');
    await person.find('inspect-rebuild').click();
    await person.find('rebuild-idle').click();
    await person.find('rebuild-scheduled').waitFor();
    return desktop;
  }

  test('an administrator can approve a debug session after the owner had time to answer, and the owner sees who approved it', async () => {
    await leaves('amy');
    await using leela = await Person.at(product);
    await leela.logIn('leela', 'leela');
    await leela.seesDesktop();
    await using professor = await Person.at(product);
    await professor.logIn('professor', 'professor');
    await professor.seesDesktop();
    await professor.opens('debug-sessions');

    await asks(leela, 'amy', 'Nothing is drawn any more');
    const asked = professor
      .find('debug-session', '[data-state="asking"]')
      .filter({ hasText: 'Nothing is drawn any more' });
    const approve = asked.locator('[data-test="debug-session-approve"]');
    await approve.waitFor();
    assert.equal(await approve.isDisabled(), true, 'the owner can still answer');
    await professor.photograph('approval');
    await approve.click();
    await reads(leela, 'debug-box', 'Toolbox beside');

    // Extends the session from about 1:30 to nearly its full time.
    const left = leela.find('debug-left');
    await left.filter({ hasText: '1:3' }).waitFor();
    await leela.photograph('ending');
    await leela.find('debug-extend').click();
    await left.filter({ hasText: '1:4' }).waitFor();
    await leela.find('debug-stop').click();
    await leela.find('debug-ended').waitFor();
    await leela.find('debug-terminal-close').click();

    await asks(leela, 'amy', 'Once more, please');
    await professor
      .find('debug-session', '[data-state="asking"]')
      .filter({ hasText: 'Once more, please' })
      .locator('[data-test="debug-session-deny"]')
      .click();
    await leela.find('debug-ended').filter({ hasText: 'An administrator denied it' }).waitFor();

    await using amy = await Person.at(product);
    await amy.logIn('amy', 'amy');
    await amy.seesDesktop();
    const told = amy.find('while-away').filter({ hasText: 'Nothing is drawn any more' });
    await told.filter({ hasText: 'Turanga Leela' }).filter({ hasText: 'professor' }).waitFor();
    assert.doesNotMatch(
      await amy.find('while-away').innerText(),
      /Once more, please/,
      'a debug session that never started is not shown',
    );
    await amy.photograph('approved');
    assert.deepEqual([...leela.complaints, ...professor.complaints, ...amy.complaints], []);
  });

  test('a scheduled rebuild runs after the desktop has had no viewers for a while, and starts the same apps', async () => {
    const admin = await product.administrator();
    await eventually(
      'the desktop is another one',
      async () => {
        const found = (await admin.desktops.list()).find(({ userId }) => userId === 'zoidberg');
        return found?.state === 'running' && found.id !== compacted ? true : null;
      },
      IDLE_MS,
    );
    await using zoidberg = await Person.at(product);
    await zoidberg.logIn('zoidberg', 'zoidberg');
    await zoidberg.seesDesktop();
    await zoidberg.seesWindowOf('text-editor');
    await zoidberg.photograph('made-anew');
    assert.deepEqual(zoidberg.complaints, []);
  });
});
