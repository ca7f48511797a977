/** The catalogue of a server: stored entries, present images, and pulling missing ones. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Catalogue } from '#domain/catalogue/catalogue.ts';
import type { CatalogueDeps } from '#domain/catalogue/catalogue.ts';
import { documentOfOwn } from '#domain/catalogue/own-apps.ts';
import { parseInspect } from '#domain/catalogue/image-inspect.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { AppDocument } from '#protocol/manager.ts';
import { fakeDeps, imageInfo, inspectOf, LABELS } from '../../../fakes/catalogue.ts';

const OWN = {
  reference: 'localhost/deskpod/paint:latest',
  command: ['/usr/bin/paint'],
  labels: LABELS,
};

function documents(...tags: string[]): AppDocument[] {
  return [...(parseInspect(tags.map((tag) => inspectOf(tag)))?.documents ?? [])];
}

async function opened(more: Partial<CatalogueDeps> = {}) {
  const deps = fakeDeps(more);
  return { ...deps, deps, catalogue: await Catalogue.open(deps) };
}

const isCode = (code: string) => (error: unknown) => error instanceof DeskpodError && error.code === code;
const turn = async () => await new Promise((resolve) => setImmediate(resolve));

test('an entry with a present image is ready without a pull, by name or by content', async () => {
  const { catalogue, images } = await opened();
  const [named, byContent] = documents('apps/paint:1', 'apps/other:1');
  assert.ok(named && byContent);
  images.present.set('docker.io/apps/paint:1', imageInfo('x'));
  images.present.set(byContent.sha_id, imageInfo('y'));
  await catalogue.put([named, byContent]);
  await catalogue.look([named, byContent]);
  assert.deepEqual(
    [catalogue.availability(named.id), catalogue.availability(byContent.id)],
    [{ state: 'ready' }, { state: 'ready' }],
  );
  assert.equal(catalogue.imageReference(named), 'docker.io/apps/paint:1');
  assert.equal(catalogue.imageReference(byContent), byContent.sha_id);
  assert.deepEqual(images.asked, []);
});

test('installing reports each step and ends as ready; two simultaneous requests share one pull', async () => {
  const { catalogue, images } = await opened();
  const [paint] = documents('apps/paint:1');
  assert.ok(paint);
  await catalogue.put([paint]);
  const states: string[] = [];
  catalogue.onChange((change) => change.type === 'app' && states.push(change.availability.state));
  const both = [catalogue.install(paint.id), catalogue.install(paint.id)];
  await turn();
  images.finish('docker.io/apps/paint:1');
  await Promise.all(both);
  assert.deepEqual(images.asked, ['docker.io/apps/paint:1']);
  assert.deepEqual(states, ['installing', 'ready']);
  assert.equal(await catalogue.isInstalled(paint.id), true);
});

test('an image that cannot be pulled keeps the reason, also after a restart, and its app is refused with it', async () => {
  const { catalogue, images, deps } = await opened();
  const [paint] = documents('apps/paint:1');
  assert.ok(paint);
  await catalogue.put([paint]);
  images.fail('docker.io/apps/paint:1', 'No route to registry-1.docker.io.');
  await assert.rejects(catalogue.install(paint.id), isCode('app_unavailable'));
  assert.deepEqual(catalogue.availability(paint.id), {
    state: 'unavailable',
    reason: 'No route to registry-1.docker.io.',
  });
  await catalogue[Symbol.asyncDispose]();

  const again = await Catalogue.open(deps);
  assert.equal(again.availability(paint.id).state, 'unavailable');
  assert.throws(
    () => again.resolve(paint, undefined),
    (error) => isCode('app_unavailable')(error) && String(error).includes('No route'),
  );
  images.finish('docker.io/apps/paint:1');
  await again.install(paint.id);
  assert.equal(again.resolve(paint, undefined).runtime, 'ephemeral_container');
});

test('at most two images are pulled at a time, in the order of their requests', async () => {
  const { catalogue, images } = await opened();
  const apps = documents('a/1:1', 'a/2:1', 'a/3:1', 'a/4:1');
  await catalogue.put(apps);
  await catalogue.installAll(apps);
  await turn();
  assert.deepEqual(images.asked, ['docker.io/a/1:1', 'docker.io/a/2:1']);
  images.fail('docker.io/a/1:1', 'gone');
  await turn();
  assert.deepEqual(images.asked, ['docker.io/a/1:1', 'docker.io/a/2:1', 'docker.io/a/3:1']);
  for (const name of ['a/2:1', 'a/3:1']) images.finish(`docker.io/${name}`);
  await turn();
  images.finish('docker.io/a/4:1');
  await Promise.all(apps.slice(1).map(async ({ id }) => await catalogue.install(id)));
  assert.deepEqual([images.asked.length, images.mostActive], [4, 2]);
});

test('a client that stops waiting does not end the installation for others', async () => {
  const { catalogue, images } = await opened();
  const [paint] = documents('apps/paint:1');
  assert.ok(paint);
  await catalogue.put([paint]);
  const impatient = new AbortController();
  const first = catalogue.install(paint.id, impatient.signal);
  const second = catalogue.install(paint.id);
  impatient.abort(new Error('enough'));
  await assert.rejects(first, /enough/);
  images.finish('docker.io/apps/paint:1');
  await second;
});

test('removing an app ends its installation, and registering it again starts over', async () => {
  const { catalogue, images } = await opened();
  const apps = documents('apps/paint:1');
  await catalogue.put(apps);
  const install = catalogue.install('apps/paint:1');
  await turn();
  assert.deepEqual(await catalogue.remove(['apps/paint:1', 'apps/paint:1', 'unknown']), ['apps/paint:1']);
  await assert.rejects(install, isCode('conflict'));
  await assert.rejects(catalogue.install('apps/paint:1'), isCode('not_found'));
  await catalogue.put(apps);
  const again = catalogue.install('apps/paint:1');
  await turn();
  images.finish('docker.io/apps/paint:1');
  await again;
  assert.equal(catalogue.availability('apps/paint:1').state, 'ready');
});

test('stopping the server ends installations and starts no more', async () => {
  const { catalogue, images } = await opened();
  await catalogue.put(documents('apps/paint:1'));
  const install = catalogue.install('apps/paint:1');
  await turn();
  const refused = assert.rejects(install, isCode('engine_unavailable'));
  await catalogue[Symbol.asyncDispose]();
  await refused;
  assert.equal(images.active, 0);
  await assert.rejects(catalogue.install('apps/paint:1'), isCode('engine_unavailable'));
});

test('apps of the product are listed before their image exists, and get its details once it is built', async () => {
  const { catalogue, images, store } = await opened({ own: [OWN] });
  const [before] = catalogue.list();
  assert.deepEqual([before?.id, before?.sha_id], [OWN.reference, '']);
  assert.deepEqual(catalogue.availability(OWN.reference), { state: 'not_installed' });
  const install = catalogue.install(OWN.reference);
  images.finish(OWN.reference, { ...LABELS, 'oc.displayname': 'Paint 2' });
  await install;
  const [after] = catalogue.list();
  assert.deepEqual([after?.displayname, after?.cmd], ['Paint 2', ['/usr/bin/paint']]);
  assert.equal(store.documents.get(OWN.reference)?.sha_id, after?.sha_id);
});

test('an optional app of the product is not in the catalogue until somebody adds it, and then follows its recipe', async () => {
  const optional = { ...OWN, labels: { ...OWN.labels, 'oc.install': 'optional' } };
  const { catalogue, deps } = await opened({ own: [optional] });
  assert.deepEqual(catalogue.list(), []);
  await catalogue.put([documentOfOwn(optional)]);
  const renamed = { ...optional, labels: { ...optional.labels, 'oc.displayname': 'Paint 2' } };
  const again = await Catalogue.open({ ...deps, own: [renamed] });
  assert.deepEqual(
    again.list().map(({ displayname }) => displayname),
    ['Paint 2'],
  );
});

test('a removed app of the product is not added again at the next start', async () => {
  const { catalogue, deps } = await opened({ own: [OWN] });
  await catalogue.remove([OWN.reference]);
  const second = { ...OWN, reference: 'localhost/deskpod/new:latest', labels: { ...LABELS, 'oc.name': 'new' } };
  const again = await Catalogue.open({ ...deps, own: [OWN, second] });
  assert.deepEqual(
    again.list().map(({ name }) => name),
    ['new'],
  );
});

test("an exported name of a product's app starts the same program from the product's image", async () => {
  const { catalogue, images } = await opened({ own: [OWN] });
  const [alias, other] =
    parseInspect([
      inspectOf('localhost/deskpod/paint-alpine.d:3.0'),
      inspectOf('localhost/deskpod/other:1', { 'oc.path': '/usr/bin/other' }),
    ])?.documents ?? [];
  assert.ok(alias && other);
  await catalogue.put([alias, other]);
  assert.equal(catalogue.imageReference(alias), OWN.reference);
  assert.equal(catalogue.imageReference(other), 'localhost/deskpod/other:1');
  images.finish(OWN.reference);
  await catalogue.install(alias.id);
  assert.equal(catalogue.availability(alias.id).state, 'ready');
});

test('the shared-memory demo has a second catalogue entry as a pod, with the same image', async () => {
  const labels = { ...LABELS, 'oc.name': 'shm-demo', 'oc.containerengine': 'ephemeral_container' };
  const demo = { reference: 'localhost/deskpod/shm-demo:1', labels, command: ['/usr/bin/shm-demo'] };
  const { catalogue, images } = await opened({ own: [demo] });
  images.finish(demo.reference, labels);
  const id = 'localhost/deskpod/shm-demo-with-error:1';
  await catalogue.install(id);
  const app = catalogue.find(id);
  assert.deepEqual([app?.name, app?.containerengine], ['shm-demo-with-error', 'pod_application']);
  assert.ok(app);
  assert.equal(catalogue.imageReference(app), demo.reference);
  assert.equal(catalogue.find(demo.reference)?.containerengine, 'ephemeral_container');
});

test('users see the apps that their labels permit and no others', async () => {
  const { catalogue } = await opened();
  const parsed = parseInspect([inspectOf('a/crew:1', { 'oc.acl': '{"permit":["crew"]}' }), inspectOf('a/all:1')]);
  await catalogue.put(parsed?.documents ?? []);
  assert.deepEqual(
    (await catalogue.appsFor(['staff'])).map(({ id }) => id),
    ['a/all:1'],
  );
  assert.equal((await catalogue.startable('a/crew:1', ['crew'])).id, 'a/crew:1');
  assert.ok(
    (await catalogue.appsFor(null)).some(({ id }) => id === 'a/crew:1'),
    "the machine's administrator sees all",
  );
  await assert.rejects(catalogue.startable('a/crew:1', ['staff']), isCode('not_found'));
});
