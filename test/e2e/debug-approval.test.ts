/** Looking inside while the person is away: an administrator agrees in their place, time runs out, a desktop is made anew. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { putsToolbox, reads, toolboxIsAtHand } from './debug-kit.ts';
import { eventually, Someone } from './faults-kit.ts';
import { missingBrowser, Person } from './person.ts';
import { Product } from './product.ts';

/** The time is short enough to be warned of its end from its beginning. */
const CONFIG = { debug: { ttlSeconds: 110, approvableSeconds: 15 }, desktop: { compactAfterSeconds: 60 } };
/** A minute without anybody, and what it takes until that is noticed. */
const IDLE_MS = 3 * 60_000;

suite('looking inside while somebody is away', { skip: missingBrowser, timeout: 15 * 60_000 }, () => {
  let product: Product;
  let folder: string;
  let compacted: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deskpod-approval-'));
    const config = join(folder, 'config.yaml');
    await writeFile(config, JSON.stringify(CONFIG));
    product = await Product.start(['--config', config]);
    await toolboxIsAtHand(product);
    // The others need the time that this one waits for.
    compacted = await asksToBeCompacted('zoidberg');
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
    await support.find('desktop').filter({ hasText: of }).locator('[data-test="desktop-inside"]').click();
    await support.find('inside-card', '[data-kind="service"]').first().click();
    await support.find('detail-toolbox').click();
    await putsToolbox(support, reason);
    await support.find('debug-waiting').filter({ hasText: 'asked to agree' }).waitFor();
  }

  /** Resolves to the desktop that shall be made anew, once nobody looks at it. */
  async function asksToBeCompacted(name: string): Promise<string> {
    await using person = await Person.at(product);
    await person.logIn(name, name);
    await person.seesDesktop();
    await using api = await Someone.at(product, name);
    const desktop = await api.hasDesktop();
    const { id } = await api.client.launches.start({ app: 'terminal', args: ['-bogus'] });
    await api.isToldTheEndOf(id);
    await person.starts('text-editor');
    await person.search('look inside');
    await person.page.keyboard.press('Enter');
    await person.find('inside-compact').click();
    await person.find('compact-idle').click();
    await person.find('compact-planned').waitFor();
    return desktop;
  }

  test('an administrator agrees in their place once they could have answered, and they are told by whom', async () => {
    await leaves('amy');
    await using leela = await Person.at(product);
    await leela.logIn('leela', 'leela');
    await leela.seesDesktop();
    await using professor = await Person.at(product);
    await professor.logIn('professor', 'professor');
    await professor.seesDesktop();
    await professor.opens('looks');

    await asks(leela, 'amy', 'Nothing is drawn any more');
    const asked = professor.find('look', '[data-state="asking"]').filter({ hasText: 'Nothing is drawn any more' });
    const approve = asked.locator('[data-test="look-approve"]');
    await approve.waitFor();
    assert.equal(await approve.isDisabled(), true, 'they may still answer');
    await professor.photograph('approval');
    await approve.click();
    await reads(leela, 'debug-box', 'Toolbox beside');

    // From one minute and some seconds to nearly two again.
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
      .find('look', '[data-state="asking"]')
      .filter({ hasText: 'Once more, please' })
      .locator('[data-test="look-refuse"]')
      .click();
    await leela.find('debug-ended').filter({ hasText: 'An administrator did not agree' }).waitFor();

    await using amy = await Person.at(product);
    await amy.logIn('amy', 'amy');
    await amy.seesDesktop();
    const told = amy.find('while-away').filter({ hasText: 'Nothing is drawn any more' });
    await told.filter({ hasText: 'Turanga Leela' }).filter({ hasText: 'professor' }).waitFor();
    assert.doesNotMatch(await amy.find('while-away').innerText(), /Once more, please/, 'nobody looked');
    await amy.photograph('approved');
    assert.deepEqual([...leela.complaints, ...professor.complaints, ...amy.complaints], []);
  });

  test('a desktop is made anew when nobody has looked for a while, with the same apps', async () => {
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
