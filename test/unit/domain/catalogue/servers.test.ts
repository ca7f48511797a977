/** Several servers share one catalogue: each shows the changes of the others. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Catalogue, type CatalogueChange } from '#domain/catalogue/catalogue.ts';
import { parseInspect } from '#domain/catalogue/image-inspect.ts';
import { Replicas } from '#domain/server/replicas.ts';
import type { AppDocument } from '#protocol/manager.ts';
import { openStore } from '#store/open.ts';
import { fakeDeps, imageInfo, inspectOf } from '../../../fakes/catalogue.ts';
import { eventually } from '../../../fakes/launches.ts';

function documents(...tags: string[]): AppDocument[] {
  return [...(parseInspect(tags.map((tag) => inspectOf(tag)))?.documents ?? [])];
}

async function setUp() {
  const store = await openStore({ kind: 'sqlite', file: ':memory:' });
  const server = async (name: string) => {
    const replicas = await Replicas.join(store, name, (what) => assert.fail(what));
    const deps = { ...fakeDeps(), store, replicas };
    const catalogue = await Catalogue.open(deps);
    const changes: CatalogueChange[] = [];
    catalogue.onChange((change) => void changes.push(change));
    return { catalogue, changes, images: deps.images, problems: deps.problems };
  };
  return { store, one: await server('one'), two: await server('two') };
}

test('an app added or removed on one server is added or removed on the other, and its browsers are notified', async () => {
  const { one, two } = await setUp();
  const [paint] = documents('apps/paint:1');
  assert.ok(paint);
  await one.catalogue.put([paint]);
  await eventually(() => two.changes.find((change) => change.type === 'app'));
  assert.equal(two.catalogue.find('apps/paint:1')?.id, paint.id);
  await one.catalogue.remove([paint.id]);
  const removed = await eventually(() => two.changes.find((change) => change.type === 'removed'));
  assert.deepEqual(removed, { type: 'removed', ids: [paint.id] });
  assert.deepEqual(two.catalogue.list(), []);
});

test('an image that one server pulled is ready on the other, and a failed pull refuses the app with the reason', async () => {
  const { one, two } = await setUp();
  const [paint, draw] = documents('apps/paint:1', 'apps/draw:1');
  assert.ok(paint && draw);
  await one.catalogue.put([paint, draw]);
  two.images.present.set('docker.io/apps/paint:1', imageInfo('docker.io/apps/paint:1'));
  one.images.finish('docker.io/apps/paint:1');
  await one.catalogue.install(paint.id);
  one.images.fail('docker.io/apps/draw:1', 'No route to the registry.');
  await assert.rejects(one.catalogue.install(draw.id));
  await eventually(() => two.catalogue.availability(paint.id).state === 'ready' || undefined);
  await eventually(() => two.catalogue.availability(draw.id).state === 'unavailable' || undefined);
  assert.deepEqual(two.catalogue.availability(draw.id), { state: 'unavailable', reason: 'No route to the registry.' });
  one.images.present.set('docker.io/apps/draw:1', imageInfo('docker.io/apps/draw:1'));
  two.images.present.set('docker.io/apps/draw:1', imageInfo('docker.io/apps/draw:1'));
  await one.catalogue.install(draw.id);
  await eventually(() => two.catalogue.availability(draw.id).state === 'ready' || undefined);
  assert.deepEqual([one.problems, two.problems], [[], []]);
});

test('reasons of two servers are both stored', async () => {
  const { store, one, two } = await setUp();
  const [paint, draw] = documents('apps/paint:1', 'apps/draw:1');
  assert.ok(paint && draw);
  await one.catalogue.put([paint, draw]);
  await eventually(() => two.catalogue.list().length === 2 || undefined);
  one.images.fail('docker.io/apps/paint:1', 'First.');
  await assert.rejects(one.catalogue.install(paint.id));
  two.images.fail('docker.io/apps/draw:1', 'Second.');
  await assert.rejects(two.catalogue.install(draw.id));
  await eventually(async () => (await store.values.get('catalogue.unavailable'))?.includes('Second.') || undefined);
  assert.match((await store.values.get('catalogue.unavailable')) ?? '', /First\./);
});

test('many apps that are added at once are all read', async () => {
  const { one, two } = await setUp();
  await one.catalogue.put(documents(...Array.from({ length: 40 }, (_, index) => `apps/a${index}:1`)));
  await eventually(() => two.changes.length >= 40 || undefined);
  assert.equal(two.catalogue.list().length, 40);
});
