/** The app store: who may install, update and remove what, and what becomes of an installation. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppStore, type AppStoreDeps } from '#domain/catalogue/app-store.ts';
import { Catalogue } from '#domain/catalogue/catalogue.ts';
import { parseInspect } from '#domain/catalogue/image-inspect.ts';
import type { Customer } from '#domain/catalogue/install-policy.ts';
import { offerFacts } from '#domain/catalogue/offers.ts';
import { documentOfOwn } from '#domain/catalogue/own-apps.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { LaunchRecord } from '#domain/ports/store.ts';
import { fakeDeps, imageInfo, inspectOf, LABELS } from '../../../fakes/catalogue.ts';
import { eventually } from '../../../fakes/launches.ts';
import { aLaunchRecord } from '../../../fixtures/store-samples.ts';

const ADMIN: Customer = { userId: 'hubert', labels: [], isAdmin: true, isGuest: false };
const FRY: Customer = { userId: 'fry', labels: ['crew'], isAdmin: false, isGuest: false };
const LEELA: Customer = { userId: 'leela', labels: ['crew'], isAdmin: false, isGuest: false };
const GUEST: Customer = { userId: 'guest', labels: [], isAdmin: false, isGuest: true };
const EVERYBODY = { install: 'everybody', perUser: 2, installingPerUser: 1 } as const;

function recipe(name: string, more: Readonly<Record<string, string>> = {}) {
  const labels = { ...LABELS, 'oc.name': name, 'oc.displayname': name, 'oc.install': 'optional', ...more };
  return { reference: `localhost/deskpod/${name}:1`, command: [`/usr/bin/${name}`], labels };
}

async function opened(recipes = [recipe('paint')], more: Partial<AppStoreDeps> = {}) {
  const offers = recipes.map((own) => ({ document: documentOfOwn(own), ...offerFacts(own.labels), picture: null }));
  const deps = fakeDeps({ own: recipes, offers });
  deps.images.builtAt = new Date();
  const catalogue = await Catalogue.open(deps);
  const running: LaunchRecord[] = [];
  const did: string[] = [];
  const failures: string[] = [];
  const given: AppStoreDeps = {
    catalogue,
    images: deps.images,
    store: { values: deps.store.values, launches: { list: async () => running } },
    policy: { install: 'administrators', perUser: 2, installingPerUser: 1 },
    registry: null,
    did: (...what) => did.push(what.join(' ')),
    failed: (what, reason) => failures.push(`${what}: ${reason}`),
    ...more,
  };
  const appStore = await AppStore.open(given);
  const stateOf = async (name: string, who = ADMIN) =>
    (await appStore.list(who)).apps.find((app) => app.name === name)?.state.state;
  const until = async (name: string, state: string) =>
    await eventually(async () => ((await stateOf(name)) === state ? true : undefined));
  return { ...deps, given, catalogue, appStore, running, did, failures, stateOf, until };
}

const refused =
  (code: string, words = /./) =>
  (error: unknown) =>
    error instanceof DeskpodError && error.code === code && words.test(error.toSentence());
const ID = 'localhost/deskpod/paint:1';

test('an optional app is not in the catalogue until it is installed, and then has an image', async () => {
  const { catalogue, appStore, images, until, stateOf, did } = await opened([
    recipe('paint'),
    recipe('usual', { 'oc.install': '' }),
  ]);
  assert.deepEqual(
    catalogue.list().map(({ name }) => name),
    ['usual'],
  );
  assert.equal(await stateOf('paint'), 'available');
  await appStore.install('paint', ADMIN);
  await until('paint', 'installing');
  assert.equal(catalogue.find(ID), null);
  images.finish(ID);
  await until('paint', 'installed');
  assert.ok(catalogue.find(ID)?.sha_id.startsWith('sha256:'));
  assert.deepEqual(did, [`hubert started installing ${ID}`]);
  const [paint] = (await appStore.list(ADMIN)).apps.filter(({ name }) => name === 'paint');
  assert.deepEqual([paint?.installedBy, paint?.bytes, paint?.listed], ['hubert', 5_000_000, true]);
});

test('two administrators who install the same app at once get one build', async () => {
  const { appStore, images, until } = await opened();
  await Promise.all([appStore.install('paint', ADMIN), appStore.install(ID, { ...ADMIN, userId: 'zoidberg' })]);
  images.finish(ID);
  await until('paint', 'installed');
  assert.deepEqual(images.asked, [ID]);
});

test('a failed installation leaves no entry, keeps its reason over a restart, and can be tried again', async () => {
  const { catalogue, appStore, images, until, store, given } = await opened();
  await appStore.install('paint', ADMIN);
  images.fail(ID, 'The image paint could not be built: E: Unable to locate package no-such-package');
  await until('paint', 'failed');
  assert.equal(store.documents.size, 0);
  const offers = catalogue.offers();
  await catalogue[Symbol.asyncDispose]();
  const again = await Catalogue.open({ ...fakeDeps({ own: [recipe('paint')], offers }), store, images });
  const reopened = await AppStore.open({ ...given, catalogue: again });
  const [paint] = (await reopened.list(ADMIN)).apps;
  assert.match(paint?.state.state === 'failed' ? paint.state.reason : '', /no-such-package/);
  await reopened.install('paint', ADMIN);
  images.finish(ID);
  await eventually(() => again.find(ID) ?? undefined);
});

test('an installation that is stopped leaves nothing', async () => {
  const { catalogue, appStore, until, stateOf } = await opened();
  await appStore.install('paint', ADMIN);
  await until('paint', 'installing');
  await appStore.remove('paint', ADMIN, false);
  await until('paint', 'available');
  assert.equal(catalogue.find(ID), null);
  assert.equal(await stateOf('paint'), 'available');
});

test('only administrators install unless the setting says everybody, which guests are not', async () => {
  const administrators = await opened();
  await assert.rejects(administrators.appStore.install('paint', FRY), refused('forbidden', /Only administrators/));
  assert.equal((await administrators.appStore.list(FRY)).rights, 'none');
  const everybody = await opened([recipe('paint')], { policy: EVERYBODY });
  assert.deepEqual(
    [(await everybody.appStore.list(FRY)).rights, (await everybody.appStore.list(FRY)).perUser],
    ['own', 2],
  );
  await assert.rejects(everybody.appStore.install('paint', GUEST), refused('forbidden'));
  assert.equal((await everybody.appStore.install('paint', FRY)).state.state, 'installing');
});

test('a user sees and installs only what the access rule of the app permits; an administrator, everything', async () => {
  const secret = recipe('secret', { 'oc.acl': '{"permit":["captains"]}' });
  const { appStore } = await opened([secret], { policy: EVERYBODY });
  assert.deepEqual((await appStore.list(FRY)).apps, []);
  await assert.rejects(appStore.install('secret', FRY), refused('not_found'));
  assert.equal((await appStore.list(ADMIN)).apps.length, 1);
});

test('a user has limits for installing at the same time and in all', async () => {
  const names = ['one', 'two', 'three'];
  const { appStore, images, until } = await opened(
    names.map((name) => recipe(name)),
    { policy: EVERYBODY },
  );
  await appStore.install('one', FRY);
  await assert.rejects(appStore.install('two', FRY), refused('too_many_open', /at the same time/));
  images.finish('localhost/deskpod/one:1');
  await until('one', 'installed');
  await appStore.install('two', FRY);
  images.finish('localhost/deskpod/two:1');
  await until('two', 'installed');
  await assert.rejects(appStore.install('three', FRY), refused('conflict', /2 apps, the most/));
  await appStore.install('three', ADMIN);
});

test('a user removes what they installed, but not what others installed, and not while others use it', async () => {
  const { appStore, images, until, running, catalogue } = await opened([recipe('paint')], { policy: EVERYBODY });
  await appStore.install('paint', FRY);
  images.finish(ID);
  await until('paint', 'installed');
  await assert.rejects(appStore.remove('paint', LEELA, true), refused('forbidden', /only apps that you installed/));
  running.push(aLaunchRecord('a', { appId: ID, userId: 'leela' }));
  await assert.rejects(appStore.remove('paint', FRY, true), refused('conflict', /One other person/));
  await assert.rejects(appStore.remove('paint', ADMIN, false), refused('conflict', /running windows stay/));
  running.pop();
  await appStore.remove('paint', FRY, false);
  assert.equal(catalogue.find(ID), null);
  await until('paint', 'available');
});

test('an administrator removes an app that runs when they insist, and puts it back as it was', async () => {
  const { appStore, images, until, running, catalogue } = await opened([recipe('paint')], { policy: EVERYBODY });
  const [other] = parseInspect(inspectOf('apps/other:1'))?.documents ?? [];
  assert.ok(other);
  images.present.set('docker.io/apps/other:1', imageInfo('other'));
  await catalogue.put([{ ...other, name: 'other' }]);
  await catalogue.look(catalogue.list());
  running.push(aLaunchRecord('a', { appId: other.id, userId: 'leela' }));
  await appStore.remove(other.id, ADMIN, true);
  assert.equal(catalogue.find(other.id), null);
  await assert.rejects(appStore.install(other.id, FRY), refused('forbidden'));
  await appStore.install(other.id, ADMIN);
  await until('other', 'installed');
});

test('an update builds the image again while the old one can be used; its failure leaves it in use', async () => {
  const { appStore, images, until, catalogue } = await opened();
  await appStore.install('paint', ADMIN);
  images.finish(ID);
  await until('paint', 'installed');
  images.present.set(ID, { ...imageInfo(ID), createdAt: new Date(), outdated: true });
  await appStore.look();
  await until('paint', 'outdated');
  await assert.rejects(appStore.update('paint', FRY), refused('forbidden'));
  await appStore.update('paint', ADMIN);
  await until('paint', 'updating');
  assert.equal(await catalogue.isInstalled(ID), true);
  images.fail(ID, 'No network.');
  await until('paint', 'failed');
  assert.equal(await catalogue.isInstalled(ID), true);
  await appStore.update('paint', ADMIN);
  images.finish(ID);
  await until('paint', 'installed');
});

test('an image that is more than 30 days old lacks security updates', async () => {
  const { appStore, images, until } = await opened();
  images.present.set(ID, imageInfo(ID));
  await appStore.install('paint', ADMIN);
  await until('paint', 'outdated');
  assert.deepEqual((await appStore.list(ADMIN)).apps[0]?.state, { state: 'outdated', why: 'age' });
});

test('where a cluster pulls images, the store offers no updates', async () => {
  const { appStore, images, until } = await opened([recipe('paint')], { registry: 'registry.example/deskpod' });
  await appStore.install('paint', ADMIN);
  images.finish(ID);
  await until('paint', 'installed');
  assert.equal((await appStore.list(ADMIN)).registry, 'registry.example/deskpod');
  await assert.rejects(appStore.update('paint', ADMIN), refused('conflict'));
});

test('an imported app of the same name takes the place of an offer', async () => {
  const { appStore, catalogue } = await opened();
  const [imported] = parseInspect(inspectOf('apps/paint:4.4'))?.documents ?? [];
  assert.ok(imported);
  let whole = 0;
  appStore.onChange((id) => (whole += id === null ? 1 : 0));
  await catalogue.put([imported]);
  assert.deepEqual(
    (await appStore.list(ADMIN)).apps.map(({ id, version, ours }) => ({ id, version, ours })),
    [{ id: 'apps/paint:4.4', version: '4.4', ours: false }],
  );
  assert.ok(whole > 0);
});

test('labels that only the store reads: optional, size, licence, version; unusable ones count as absent', () => {
  const labels = { 'oc.install': 'optional', 'oc.installsize': '300', 'oc.licence': 'MIT', 'oc.version': '1.2' };
  assert.deepEqual(offerFacts(labels), {
    optional: true,
    installBytes: 300 * 1024 ** 2,
    licence: 'MIT',
    version: '1.2',
  });
  const nothing = { optional: false, installBytes: null, licence: null, version: null };
  assert.deepEqual(offerFacts({ 'oc.install': 'sometimes', 'oc.installsize': 'big' }), nothing);
});
