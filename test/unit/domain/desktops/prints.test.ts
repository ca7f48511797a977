/** Prints reach the pages of their user, each once, and nothing is looked for that can't be there. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Prints } from '#domain/desktops/prints.ts';
import type { Print } from '#protocol/print.ts';
import { openStore } from '#store/open.ts';
import { FakeEngine } from '../../../fakes/engine.ts';
import { eventually } from '../../../fakes/launches.ts';
import { FakePrintFolder } from '../../../fakes/prints.ts';
import { aRunningDesktop } from '../../../fixtures/engine-samples.ts';

const AN_HOUR_MS = 3_600_000;

async function aDesktop(t: TestContext, services = { files: null, printer: null }) {
  const store = await openStore({ kind: 'sqlite', file: ':memory:' });
  const engine = new FakeEngine();
  const folder = new FakePrintFolder();
  const failures: string[] = [];
  const deps = { engine, folder, values: store.values, failed: (what: string) => failures.push(what) };
  const prints = new Prints(deps);
  const createdAt = new Date(Date.now() - AN_HOUR_MS);
  const desktop = aRunningDesktop({ id: 'fry-00001', userId: 'fry', createdAt, services });
  engine.desktopsById.set(desktop.id, desktop);
  t.after(async () => {
    prints[Symbol.dispose]();
    await store[Symbol.asyncDispose]();
  });
  const page = (of = prints) => {
    const seen: { print: Print; missed: boolean }[] = [];
    return { seen, close: of.watch(desktop, (print, missed) => seen.push({ print, missed })) };
  };
  return { engine, folder, prints, desktop, failures, page, deps };
}

test('a print reaches every page of the user, once', async (t) => {
  const { engine, folder, page } = await aDesktop(t);
  const [one, other] = [page(), page()];
  engine.usedAt = new Date(Date.now() + AN_HOUR_MS);
  const print = folder.add('letter.pdf');
  await eventually(() => (one.seen.length === 1 && other.seen.length === 1 ? true : undefined));
  assert.deepEqual(one.seen, [{ print, missed: false }]);
  const looks = folder.looks;
  await eventually(() => (folder.looks > looks + 1 ? true : undefined));
  assert.equal(one.seen.length, 1);
  one.close();
  other.close();
});

test('a print that nobody saw is told to the next page as missed; one that was shown is not', async (t) => {
  const { engine, folder, prints, desktop, page } = await aDesktop(t);
  engine.usedAt = new Date();
  folder.add('before the desktop.pdf', new Date(Date.now() - 2 * AN_HOUR_MS));
  const shown = folder.add('shown.pdf', new Date(Date.now() - 120_000));
  const missed = folder.add('missed.pdf', new Date(Date.now() - 60_000));
  await prints.shown(desktop, shown);
  const { seen, close } = page();
  await eventually(() => (seen.length > 0 ? true : undefined));
  assert.deepEqual(seen, [{ print: missed, missed: true }]);
  close();
  const { prints: listed } = await prints.list(desktop);
  assert.deepEqual(
    listed.map(({ name, new: isNew }) => [name, isNew]),
    [
      ['missed.pdf', true],
      ['shown.pdf', false],
      ['before the desktop.pdf', false],
    ],
  );
});

test('of very many at once, the newest are told; the list has them', async (t) => {
  const { engine, folder, prints, desktop, page } = await aDesktop(t);
  engine.usedAt = new Date();
  for (let at = 0; at < 500; at += 1) folder.add(`${at}.pdf`, new Date(Date.now() - 600_000 + at * 1000));
  const { seen, close } = page();
  await eventually(() => (seen.length > 0 ? true : undefined));
  close();
  assert.deepEqual([seen.length, seen.at(-1)?.print.name], [20, '499.pdf']);
  const { prints: listed, count } = await prints.list(desktop);
  assert.deepEqual([listed.length, count, listed[0]?.name], [200, 500, '499.pdf']);
});

test('another server knows what was shown', async (t) => {
  const { engine, folder, prints, desktop, page, deps } = await aDesktop(t);
  engine.usedAt = new Date();
  await prints.shown(desktop, folder.add('shown.pdf', new Date(Date.now() - 60_000)));
  using there = new Prints(deps);
  const { seen, close } = page(there);
  await eventually(() => (folder.looks > 0 ? true : undefined));
  close();
  assert.deepEqual(seen, []);
});

test('as long as the printer has not run, the folder is not read', async (t) => {
  const { engine, folder, page } = await aDesktop(t);
  let asked = 0;
  engine.serviceLastUsed = async () => {
    asked += 1;
    return null;
  };
  const { close } = page();
  await eventually(() => (asked > 1 ? true : undefined));
  close();
  assert.equal(folder.looks, 0);
});

test('after its last look, a printer that has stopped costs nothing; the next page looks once', async (t) => {
  const { engine, folder, page } = await aDesktop(t);
  engine.usedAt = new Date(Date.now() - 60_000);
  let asked = 0;
  const lastUsed = engine.serviceLastUsed.bind(engine);
  engine.serviceLastUsed = async () => {
    asked += 1;
    return await lastUsed();
  };
  const first = page();
  await eventually(() => (asked > 2 ? true : undefined));
  assert.equal(folder.looks, 1);
  const second = page();
  await eventually(() => (folder.looks === 2 ? true : undefined));
  first.close();
  second.close();
});

test('a folder that cannot be read is reported once', async (t) => {
  const { engine, folder, failures, page } = await aDesktop(t);
  engine.usedAt = new Date(Date.now() + AN_HOUR_MS);
  folder.broken = true;
  const { close } = page();
  await eventually(() => (failures.length > 0 ? true : undefined));
  close();
  assert.deepEqual(failures, ['looking for prints of fry-00001']);
});

test('a desktop without the printer says so', async (t) => {
  const { engine, folder, prints, desktop, page } = await aDesktop(t);
  const without = { ...desktop, services: { files: null } };
  await assert.rejects(prints.list(without), {
    code: 'service_unavailable',
    message: /doesn't have the service “printer”/,
  });
  await assert.rejects(prints.read(without, 'x.pdf'), { code: 'service_unavailable' });
  engine.usedAt = new Date();
  prints.watch(without, () => assert.fail('there is nothing to tell'))();
  page().close();
  assert.equal(folder.looks, 0);
});
