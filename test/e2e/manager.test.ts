/** The compatible manager API of the real product, called with the real curl and the documented command lines. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { z } from 'zod';
import { refusedWith, Someone } from './faults-kit.ts';
import { CatalogueByCurl, documents, refusal } from './catalogue-kit.ts';
import { Product } from './product.ts';
import { curl, ran } from './tools.ts';
import { inspectOf } from '../fakes/catalogue.ts';

/** Nothing listens there, so pulling the image fails at once. */
const NOWHERE = 'localhost:1/apps';

suite('the manager API with curl', { timeout: 10 * 60_000 }, () => {
  let product: Product;
  let catalogue: CatalogueByCurl;

  before(async () => {
    product = await Product.start();
    catalogue = await CatalogueByCurl.of(product);
  });
  after(async () => {
    await catalogue?.[Symbol.asyncDispose]();
    await product?.[Symbol.asyncDispose]();
  });

  test('an array is stored and returned as an array, an object as an object, and an empty request as nothing', async () => {
    const one = inspectOf(`${NOWHERE}/one.d:3.0`, { 'oc.name': 'one' });
    const two = inspectOf(`${NOWHERE}/two.d:3.0`, { 'oc.name': 'two' });
    assert.deepEqual(
      documents(await catalogue.send('PUT', [one, two])).map(({ name }) => name),
      ['one', 'two'],
    );
    const single = await catalogue.send('POST', one);
    assert.equal(z.looseObject({ name: z.string() }).parse(JSON.parse(single.body)).name, 'one');
    assert.deepEqual(documents(await catalogue.send('PUT', [])), []);
  });

  test('without a key, root’s curl is served and that of another user of this machine is not', async () => {
    const url = `${product.address}/API/manager/images`;
    assert.equal((await curl(url)).status, 200);
    const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups', 'curl', '-s', '-w', '%{http_code}', url];
    const { out } = await ran('setpriv', nobody);
    assert.match(out, /The user 65534 of this machine needs a key.*403$/s);
    assert.equal((await curl('-H', 'Via: 1.1 proxy', url)).status, 403, 'a proxy that nobody knows');
  });

  test('an entry is found, changed and removed by its id, plain or percent-encoded', async () => {
    const id = `${NOWHERE}/paths.d:3.0`;
    await catalogue.send('POST', inspectOf(id, { 'oc.name': 'paths' }));
    for (const path of [id, encodeURIComponent(id), 'apps/paths.d:3.0', 'apps%2Fpaths.d%3A3.0']) {
      const { status, body } = await catalogue.get(`image/${path}`);
      assert.equal(status, 200, path);
      assert.equal(z.looseObject({ id: z.string() }).parse(JSON.parse(body)).id, id);
    }
    const changed = inspectOf(id, { 'oc.name': 'paths', 'oc.displayname': 'Changed' });
    const patched = await catalogue.send('PATCH', changed, `image/${encodeURIComponent(id)}`);
    assert.equal(z.looseObject({ displayname: z.string() }).parse(JSON.parse(patched.body)).displayname, 'Changed');
    assert.deepEqual(JSON.parse((await catalogue.delete(`image/${id}`)).body), [id]);
    const gone = await catalogue.get(`image/${id}`);
    assert.deepEqual([gone.status, JSON.parse(gone.body)], [404, 'Not found']);
  });

  test('a catalogue of 120 apps and 2 MB is stored in one request', async (context) => {
    const icon = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg"><!--${'x'.repeat(12_400)}--></svg>`);
    const many = Array.from({ length: 120 }, (_, index) =>
      inspectOf(`${NOWHERE}/many-${index}.d:3.0`, {
        'oc.name': `many-${index}`,
        'oc.icondata': icon.toString('base64'),
      }),
    );
    assert.ok(JSON.stringify(many).length > 2_000_000);
    const startedAt = performance.now();
    const stored = documents(await catalogue.send('POST', many));
    const ms = Math.round(performance.now() - startedAt);
    assert.equal(stored.length, 120);
    context.diagnostic(`2 MB of 120 apps by curl: ${ms} ms`);
  });

  test('invalid input is refused with the field name, and nothing is stored partially', async () => {
    const known = (await catalogue.ids()).length;
    const good = inspectOf(`${NOWHERE}/good.d:3.0`);
    const bad = inspectOf(`${NOWHERE}/bad.d:3.0`, { 'oc.launch': '', 'oc.icon': undefined });
    const { message, errors = [] } = refusal(await catalogue.send('PUT', [good, bad]));
    assert.match(message, /Nothing was stored/);
    assert.deepEqual(errors.map(({ field }) => field).toSorted(), [
      '[1].Config.Labels."oc.icon"',
      '[1].Config.Labels."oc.launch"',
    ]);
    assert.match(refusal(await catalogue.send('PUT', '[{"Id": ')).message, /not JSON/);
    assert.match(refusal(await catalogue.send('PUT', '"text"')).message, /array or one object/);
    assert.match(refusal(await catalogue.send('PUT', '')).message, /empty/);
    const wrongTypes = inspectOf(`${NOWHERE}/types.d:3.0`, { 'oc.name': 7 }, { RepoTags: 'one' });
    assert.match(refusal(await catalogue.send('PUT', [wrongTypes])).message, /RepoTags/);
    assert.match(refusal(await catalogue.send('PUT', [inspectOf('a/b:1', { 'oc.name': 7 })])).message, /oc\.name/);
    const form = await curl('-X', 'PUT', `${catalogue.url}/image`, '-d', '[]');
    assert.equal(form.status, 415);
    assert.match(form.body, /text\/javascript/);
    assert.equal((await catalogue.ids()).length, known);
  });

  test('an app whose image cannot be pulled shows the reason and refuses to start', async () => {
    const id = `${NOWHERE}/absent.d:3.0`;
    documents(await catalogue.send('PUT', [inspectOf(id, { 'oc.name': 'absent' })]));
    const { availability } = await catalogue.settles(id);
    assert.equal(availability.state, 'unavailable');
    const reason = availability.state === 'unavailable' ? availability.reason : '';
    assert.match(reason, /localhost:1\/apps\/absent\.d:3\.0 (is not available|cannot be pulled)/);
    await using fry = await Someone.at(product, 'fry');
    await fry.hasDesktop();
    await assert.rejects(fry.client.launches.start({ app: 'absent' }), (error) => {
      assert.ok(refusedWith(409)(error));
      assert.ok(error instanceof Error && error.message.includes(reason), String(error));
      return true;
    });
    await fry.client.session.logout();
  });

  test('desktops can be listed, described like a pod, and removed', async () => {
    await using fry = await Someone.at(product, 'fry');
    const id = await fry.hasDesktop();
    const launch = await fry.runs('terminal');
    const list = z.array(z.looseObject({ id: z.string(), status: z.string() }));
    const rows = list.parse(JSON.parse((await catalogue.get('desktop')).body));
    assert.deepEqual(
      rows.map((row) => [row.id, row.status]),
      [[id, 'Running']],
    );
    const pod = (await catalogue.get(`desktop/${id}`)).body;
    const statuses = z.object({
      status: z.looseObject({
        ephemeralContainerStatuses: z.array(z.looseObject({ name: z.string(), ready: z.boolean() })),
      }),
    });
    assert.deepEqual(
      statuses.parse(JSON.parse(pod)).status.ephemeralContainerStatuses.map(({ name, ready }) => [name, ready]),
      [[launch.id, true]],
    );
    assert.doesNotMatch(pod, /vncpassword|xauth_key/i);
    assert.equal(JSON.parse((await catalogue.delete(`desktop/${id}/container/${launch.id}`)).body), launch.id);
    await fry.isToldTheEndOf(launch.id);
    assert.equal(JSON.parse((await catalogue.delete(`desktop/${id}`)).body), true);
    await fry.sees('no desktop', ({ desktop }) => desktop?.status.state === 'none');
    assert.equal((await catalogue.get(`desktop/${id}`)).status, 404);
  });

  test('a dry run returns the desktop that would be created for the owner of a token, and creates none', async () => {
    await using fry = await Someone.at(product, 'fry');
    const url = `${catalogue.url}/dry_run_desktop`;
    const { status, body } = await curl('-H', `ABCAuthorization: Bearer ${fry.token}`, url);
    assert.equal(status, 200);
    assert.match(body, /"access_userid":"fry"/);
    assert.equal((await curl(url)).status, 401);
    assert.deepEqual(JSON.parse((await catalogue.get('desktop')).body), []);
  });

  test('health, version, echo and the list of apps return the documented responses', async () => {
    assert.equal((await curl(`${product.address}/API/healthz`)).body, 'OK');
    assert.deepEqual(JSON.parse((await catalogue.get('healthz')).body), { status: 'ok' });
    const version = z.object({ version: z.string().regex(/^\d+\.\d+\.\d+/), date: z.string(), commit: z.string() });
    version.parse(JSON.parse((await curl(`${product.address}/API/version`)).body));
    const echo = z.looseObject({ headers: z.record(z.string(), z.string()), params: z.record(z.string(), z.string()) });
    const { headers, params } = echo.parse(
      JSON.parse((await curl('-H', 'X-Probe: 7', '-H', 'Cookie: a=b', `${catalogue.url}/echohttp?q=1`)).body),
    );
    assert.deepEqual([headers['x-probe'], params['q'], headers['cookie']], ['7', '1', '••••']);
    const listed = z.record(z.string(), z.unknown()).parse(JSON.parse((await catalogue.get('buildapplist')).body));
    assert.ok(`${product.registry}/2048-gtk:1` in listed);
  });
});
