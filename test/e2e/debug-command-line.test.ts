/** Inspecting and debugging from the command line, on the real engine: the user's own launches and those of others. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { z } from 'zod';
import { Someone } from './faults-kit.ts';
import { Product } from './product.ts';
import { type Ran, Terminal } from './tools.ts';

const Sessions = z.array(z.looseObject({ id: z.string(), by: z.looseObject({ id: z.string() }), reason: z.string() }));

function done({ code, out, err }: Ran): string {
  assert.equal(code, 0, `${out}${err}`);
  return out.trim();
}

suite('inspecting and debugging from the command line', { timeout: 10 * 60_000 }, () => {
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
    // Marks everything as seen, so that later tests that log in as fry get no notification about it.
    for (const { id, seen } of (await fry?.client.debug.list()) ?? []) if (!seen) await fry.client.debug.seen(id);
    await fry?.client.session.logout();
    await fry?.[Symbol.asyncDispose]();
    for (const terminal of [root, fryAt]) await terminal?.[Symbol.asyncDispose]();
    await product?.[Symbol.asyncDispose]();
  });

  const asRoot = (command: readonly string[], ...rest: string[]): Promise<Ran> =>
    root.deskpod([...command, '--data', product.places.data, ...rest]);

  test('a toolbox starts in the files of the app and exits with the exit code of its shell', async () => {
    const shown = await fryAt.deskpod(['debug', launch, '-i'], { input: 'pwd; ps -o comm= -e\nexit 3\n' });
    assert.equal(shown.code, 3, shown.err);
    assert.match(shown.out, /^\/proc\/\d+\/root\r?$/m);
    assert.match(shown.out, /^xterm\r?$/m, 'the toolbox sees the processes of the app');
    const [session] = Sessions.parse(JSON.parse(done(await fryAt.deskpod(['debug', 'ls', '--json']))));
    assert.match(done(await fryAt.deskpod(['debug', 'play', session?.id ?? ''])), /xterm/);
  });

  test('an image that lacks the program fails with a message that says so and suggests a fix', async () => {
    const { code, err } = await fryAt.deskpod(['exec', launch, 'no-such-command']);
    assert.deepEqual([code, /A toolbox has a shell and tools: deskpod debug /.test(err)], [127, true], err);
  });

  test('an administrator gives a reason, and the user sees it and ends the session', async () => {
    const unsaid = await asRoot(['debug'], launch);
    assert.equal(unsaid.code, 1, unsaid.out);
    assert.match(unsaid.err, /Add --reason TEXT\./);
    const name = done(await asRoot(['debug'], launch, '--reason', 'ticket 7'));
    assert.match(name, /^debugger-[0-9a-f]{5}$/);
    const open = Sessions.parse(JSON.parse(done(await fryAt.deskpod(['debug', 'ls', '--open', '--json']))));
    const session = open.find(({ by }) => by.id === 'administrator');
    assert.equal(session?.reason, 'ticket 7');
    assert.match(done(await fryAt.deskpod(['debug', 'end', session?.id ?? ''])), /ended_by_owner/);
  });

  test("a command in another user's launch also needs a reason", async () => {
    const unsaid = await asRoot(['exec'], launch, 'id', '-u');
    assert.equal(unsaid.code, 1, unsaid.out);
    assert.match(unsaid.err, /--reason|reason/i);
    assert.equal(done(await asRoot(['exec'], '--reason', 'ticket 7', launch, 'id', '-u')), '2042');
  });

  test('inspect prints the contents of the desktop, and an archive is written once', async () => {
    const desktop = await fry.hasDesktop();
    assert.match(done(await asRoot(['inspect'], desktop)), new RegExp(`^${launch} +launch +inside +running`, 'm'));
    assert.match(done(await fryAt.deskpod(['inspect', '--namespaces'])), /^(x-)?graphical +\d+ +\d+/m);
    assert.match(done(await fryAt.deskpod(['describe', launch])), new RegExp(launch));
    const file = join(fryAt.home, 'support.tar.gz');
    assert.equal(done(await fryAt.deskpod(['support', launch, '--file', file])), file);
    assert.equal((await fryAt.deskpod(['support', launch, '--file', file])).code, 1);
  });
});
