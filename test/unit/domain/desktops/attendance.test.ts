/** Who had a desktop open when, known by all servers of a store. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Attendance } from '#domain/desktops/attendance.ts';
import { openStore } from '#store/open.ts';
import { eventually } from '../../../fakes/launches.ts';

async function twoServers(t: TestContext) {
  const store = await openStore({ kind: 'sqlite', file: ':memory:' });
  const connected: string[] = [];
  const failed = (what: string) => assert.fail(what);
  const [here, there] = [connected, []].map(
    (users) => new Attendance({ values: store.values, connected: () => users, failed }),
  );
  assert.ok(here && there);
  t.after(async () => {
    for (const one of [here, there]) one[Symbol.dispose]();
    await store[Symbol.asyncDispose]();
  });
  return { here, there, connected, values: store.values };
}

test('a user is present while an event stream is open, at the server that has it; the other knows when that began', async (t) => {
  const { here, there } = await twoServers(t);
  const [close, closeOther] = [here.watch('fry'), here.watch('fry')];
  await eventually(async () => (await there.last()).get('fry'));
  close();
  assert.deepEqual([here.isWatched('fry'), there.isWatched('fry')], [true, false]);
  const before = Date.now();
  assert.ok(((await here.last()).get('fry')?.getTime() ?? 0) >= before);
  closeOther();
  assert.equal(here.isWatched('fry'), false);
  await eventually(async () => ((await there.last()).get('fry')?.getTime() ?? 0) >= before || undefined);
});

test('terminals and screens count as well', async (t) => {
  const { here, connected } = await twoServers(t);
  connected.push('leela');
  assert.deepEqual([...(await here.last()).keys()], ['leela']);
});

test('users without a desktop are forgotten, and an unreadable value counts as empty', async (t) => {
  const { here, there, values } = await twoServers(t);
  await here.mark(['fry', 'leela']);
  await there.keepOnly(new Set(['leela']));
  assert.deepEqual([...(await here.last()).keys()], ['leela']);
  await values.set('attended', 'not JSON');
  assert.deepEqual([...(await here.last()).keys()], []);
});
