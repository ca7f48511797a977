/** Looking inside by the command line, on the real engine: what is one's own, and what is somebody else's. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { z } from 'zod';
import { Someone } from './faults-kit.ts';
import { DATA, Product } from './product.ts';
import { type Ran, Terminal } from './tools.ts';

const Looks = z.array(z.looseObject({ id: z.string(), by: z.looseObject({ id: z.string() }), reason: z.string() }));

function done({ code, out, err }: Ran): string {
  assert.equal(code, 0, `${out}${err}`);
  return out.trim();
}

suite('looking inside by the command line', { timeout: 5 * 60_000 }, () => {
  let product: Product;
  let root: Terminal;
  let fryAt: Terminal;
  let fry: Someone;
  let launch: string;

  before(async () => {
    product = await Product.start();
    root = await Terminal.open();
    fryAt = await Terminal.open();
    fry = await Someone.at(product, 'fry');
    await fry.hasDesktop();
    launch = (await fry.runs('terminal')).id;
    done(await fryAt.deskpod(['login', 'fry', '--server', product.address], { input: 'fry\n' }));
  });
  after(async () => {
    // Nobody else who comes as fry is to be told of it.
    for (const { id, seen } of (await fry?.client.debug.list()) ?? []) if (!seen) await fry.client.debug.seen(id);
    await fry?.client.session.logout();
    await fry?.[Symbol.asyncDispose]();
    for (const terminal of [root, fryAt]) await terminal?.[Symbol.asyncDispose]();
    await product?.[Symbol.asyncDispose]();
  });

  const asRoot = (command: readonly string[], ...rest: string[]): Promise<Ran> =>
    root.deskpod([...command, '--data', DATA, ...rest]);

  test('a toolbox stands in the files of the app, and ends with the exit code of its shell', async () => {
    const shown = await fryAt.deskpod(['debug', launch, '-i'], { input: 'pwd; ps -o comm= -e\nexit 3\n' });
    assert.equal(shown.code, 3, shown.err);
    assert.match(shown.out, /^\/proc\/\d+\/root\r?$/m);
    assert.match(shown.out, /^xterm\r?$/m, 'it sees the app’s processes');
    const [look] = Looks.parse(JSON.parse(done(await fryAt.deskpod(['looks', 'list', '--json']))));
    assert.match(done(await fryAt.deskpod(['looks', 'play', look?.id ?? ''])), /xterm/);
  });

  test('an image without a program says so and what helps', async () => {
    const { code, err } = await fryAt.deskpod(['exec', launch, 'no-such-command']);
    assert.deepEqual([code, /A toolbox beside it has a shell and tools: deskpod debug /.test(err)], [1, true], err);
  });

  test('an administrator says why, the person sees it and ends it', async () => {
    const unsaid = await asRoot(['debug'], launch);
    assert.equal(unsaid.code, 1, unsaid.out);
    assert.match(unsaid.err, /Add --reason TEXT\./);
    const name = done(await asRoot(['debug'], launch, '--reason', 'ticket 7'));
    assert.match(name, /^debugger-[0-9a-f]{5}$/);
    const open = Looks.parse(JSON.parse(done(await fryAt.deskpod(['looks', 'list', '--open', '--json']))));
    const look = open.find(({ by }) => by.id === 'administrator');
    assert.equal(look?.reason, 'ticket 7');
    assert.match(done(await fryAt.deskpod(['looks', 'end', look?.id ?? ''])), /ended_by_owner/);
  });

  test('a command in somebody else’s launch needs a reason, too', async () => {
    const unsaid = await asRoot(['exec'], launch, 'id', '-u');
    assert.equal(unsaid.code, 1, unsaid.out);
    assert.match(unsaid.err, /--reason|reason/i);
    assert.equal(done(await asRoot(['exec'], '--reason', 'ticket 7', launch, 'id', '-u')), '2042');
  });

  test('what is inside is told, and an archive is made once', async () => {
    const desktop = await fry.hasDesktop();
    assert.match(done(await asRoot(['inside'], desktop)), new RegExp(`^${launch} +launch +inside +running`, 'm'));
    assert.match(done(await fryAt.deskpod(['inside', '--namespaces'])), /^graphical +\d+ +\d+/m);
    assert.match(done(await fryAt.deskpod(['describe', launch])), new RegExp(launch));
    const file = join(fryAt.home, 'support.tar.gz');
    assert.equal(done(await fryAt.deskpod(['support', launch, '--file', file])), file);
    assert.equal((await fryAt.deskpod(['support', launch, '--file', file])).code, 1);
  });
});
