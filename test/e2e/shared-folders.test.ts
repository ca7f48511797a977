/** A folder of this machine, shared with a group: two users see it in their desktops, in Files and at the gateway, a third doesn't. */
import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { onlyOn } from './engine.ts';
import { FilesPanel } from './files-kit.ts';
import { missingBrowser, Person } from './person.ts';
import { Product } from './product.ts';

const skip = missingBrowser || onlyOn('containers', 'a cluster shares claims, which the engine contract tests');

suite('shared folders', { skip, timeout: 10 * 60_000 }, () => {
  let product: Product;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deskpod-shared-'));
    await chmod(folder, 0o755);
    const [projects, rules] = [join(folder, 'projects'), join(folder, 'rules')];
    await mkdir(projects);
    await chmod(projects, 0o777);
    await mkdir(rules);
    await writeFile(join(rules, 'rules.txt'), 'Be nice.\n');
    const shared = [
      { name: 'Projects', path: projects, groups: ['shipcrew'] },
      { name: 'Rules', path: rules, groups: ['all'], readOnly: true },
    ];
    await writeFile(join(folder, 'config.yaml'), JSON.stringify({ files: { shared } }));
    product = await Product.start(['--config', join(folder, 'config.yaml')]);
  });
  after(async () => {
    await product?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const at = async (name: string, password: string): Promise<Person> => {
    const person = await Person.at(product);
    await person.logIn(name, password);
    await person.seesDesktop();
    return person;
  };
  /** Uploads as the panel does, from the person's page. */
  const uploads = ({ page }: Person, path: string, body: string): Promise<{ status: number; text: string }> =>
    page.evaluate(
      async ([to = '', content = '']) => {
        const signal = AbortSignal.timeout(60_000);
        await fetch('api/v1/desktop/files', { method: 'POST', headers: { 'x-deskpod': '1' }, signal });
        const reply = await fetch(`files/${to}`, { method: 'PUT', body: content, signal });
        return { status: reply.status, text: await reply.text() };
      },
      [path, body],
    );

  test('members of the group see each other’s files; a read-only folder says so; others don’t have the folder', async () => {
    await using leela = await at('Turanga Leela', 'leela');
    const files = new FilesPanel(leela);
    await files.opens();
    await files.enters('Shared');
    await files.isAt('Shared');
    await files.file('Projects').waitFor();
    await files.file('Rules').waitFor();
    await leela.photograph('shared-folders');
    assert.equal((await uploads(leela, 'Shared/Projects/plan.txt', 'To Omicron Persei 8')).status, 201);
    assert.equal(await readFile(join(folder, 'projects/plan.txt'), 'utf8'), 'To Omicron Persei 8');
    const refused = await uploads(leela, 'Shared/Rules/mine.txt', 'x');
    assert.equal(refused.status, 403);
    assert.match(refused.text, /The shared folder Rules is read-only/);

    await using fry = await at('Philip J. Fry', 'fry');
    const ofFry = new FilesPanel(fry);
    await ofFry.opens();
    await ofFry.enters('Shared');
    await ofFry.isAt('Shared');
    await ofFry.enters('Projects');
    await ofFry.isAt('Shared/Projects');
    await ofFry.file('plan.txt').waitFor();

    await using amy = await at('amy', 'amy');
    const ofAmy = new FilesPanel(amy);
    await ofAmy.opens();
    await ofAmy.enters('Shared');
    await ofAmy.file('Rules').waitFor();
    assert.equal(await ofAmy.file('Projects').count(), 0);
  });
});
