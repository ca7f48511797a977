/** The catalogue through the manager API, used like from a command line. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { AppDocument } from '#protocol/manager.ts';
import { inspectOf, LABELS } from '../../../fakes/catalogue.ts';
import { Failure, idsOf, server } from '../../../fakes/manager.ts';

test('PUT stores an array, returns the stored entries at once and starts to pull', async (context) => {
  const { send, images } = await server(context);
  const { status, json } = await send('PUT', '/API/manager/image', [inspectOf('apps/one:1'), inspectOf('apps/two:1')]);
  assert.equal(status, 200);
  assert.deepEqual(idsOf(json), ['apps/one:1', 'apps/two:1']);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(images.asked, ['docker.io/apps/one:1', 'docker.io/apps/two:1']);
});

test('14 MiB of brackets are refused with a reason, for little work', async (context) => {
  const { send } = await server(context);
  const body = '['.repeat(14 * 1024 * 1024);
  const begun = process.cpuUsage();
  const { status, json } = await send('PUT', '/API/manager/image', body);
  const { user } = process.cpuUsage(begun);
  assert.equal(status, 400);
  assert.match(Failure.parse(json).message, /more than 64 levels/);
  assert.ok(user < 500_000, `${user / 1000} ms`);
});

test('POST stores one object without a pull and returns one object', async (context) => {
  const { send, images } = await server(context);
  const { status, json } = await send('POST', '/API/manager/image', inspectOf('apps/one:1'), {
    'content-type': 'application/json',
  });
  assert.equal(status, 200);
  assert.equal(AppDocument.parse(json).id, 'apps/one:1');
  assert.deepEqual(images.asked, []);
});

test('controller and action are found in any case, and ids keep theirs', async (context) => {
  const { send } = await server(context);
  const id = 'ghcr.io/Group/Paint.d:3.0-RC1';
  assert.equal((await send('PUT', '/api/Manager/IMAGE', inspectOf(id))).status, 200);
  assert.equal(AppDocument.parse((await send('GET', `/Api/MANAGER/Image/${id}`)).json).id, id);
  assert.equal((await send('GET', `/API/manager/image/${id.toLowerCase()}`)).status, 404);
});

test('an id works plain, percent-encoded, in the query, as hash, bare hash and by its last two parts', async (context) => {
  const { send } = await server(context);
  const id = 'ghcr.io/apps/paint.d:3.0';
  const entry = inspectOf(id);
  await send('POST', '/API/manager/image', entry);
  const hash = String(entry['Id']);
  for (const path of [
    `/${id}`,
    `/${encodeURIComponent(id)}`,
    `?image=${encodeURIComponent(id)}`,
    `/${hash}`,
    `/${hash.slice(7)}`,
    '/apps/paint.d:3.0',
    `/${id}/`,
  ]) {
    const { status, json } = await send('GET', `/API/manager/image${path}`);
    assert.equal(status, 200, path);
    assert.equal(AppDocument.parse(json).id, id, path);
  }
  assert.deepEqual((await send('DELETE', `/API/manager/image/${encodeURIComponent('apps/paint.d:3.0')}`)).json, [id]);
});

test('a long id with a digest is found', async (context) => {
  const { send } = await server(context);
  const id = `registry.example.org:5000/a-long-group-name/and-a-subgroup/paint@sha256:${'0'.repeat(64)}`;
  await send('POST', '/API/manager/image', { ...inspectOf('a:1'), RepoTags: [], RepoDigests: [id] });
  assert.equal(AppDocument.parse((await send('GET', `/API/manager/image/${encodeURIComponent(id)}`)).json).id, id);
});

test('an unknown id gets the plain text response, for any request', async (context) => {
  const { send } = await server(context);
  for (const method of ['GET', 'DELETE'] as const) {
    const { status, json } = await send(method, '/API/manager/image/none/such:1');
    assert.deepEqual([status, json], [404, 'Not found']);
  }
  assert.deepEqual((await send('PATCH', '/API/manager/image/none/such:1', inspectOf('none/such:1'))).json, 'Not found');
});

test('an empty array is valid, and an empty catalogue is an empty object', async (context) => {
  const { send } = await server(context);
  assert.deepEqual((await send('PUT', '/API/manager/image', [])).json, []);
  for (const path of ['images', 'image', 'buildapplist'])
    assert.deepEqual((await send('GET', `/API/manager/${path}`)).json, {});
});

test('one invalid entry of an array stores nothing, and every error is listed with its position', async (context) => {
  const { send, catalogue } = await server(context);
  const body = [inspectOf('a/good:1'), inspectOf('a/b:1', { 'oc.icon': '' }), { Id: 7 }];
  const { status, json } = await send('PUT', '/API/manager/image', body);
  const failure = Failure.parse(json);
  assert.equal(status, 400);
  assert.match(
    failure.message,
    /^failed to add json image format to collection: \[1\]\.Config\.Labels\."oc\.icon" is missing or empty/,
  );
  assert.deepEqual(
    failure.errors?.map(({ field }) => field),
    ['[1].Config.Labels."oc.icon"', '[2].Id'],
  );
  assert.deepEqual(catalogue.list(), []);
});

test('input that is not an entry is refused with the documented message', async (context) => {
  const { send } = await server(context);
  for (const body of ['"text"', '7', 'null', ' ']) {
    const { status, json } = await send('PUT', '/API/manager/image', body);
    assert.equal(status, 400, body);
    assert.match(Failure.parse(json).message, /^Invalid parameters Bad Request/);
  }
  const { status, json } = await send('PUT', '/API/manager/image', '[{"Id": ]');
  assert.equal(status, 400);
  assert.match(Failure.parse(json).message, /not JSON/);
});

test('another content type is refused with the accepted ones', async (context) => {
  const { send } = await server(context);
  const { status, json } = await send('PUT', '/API/manager/image', '[]', {
    'content-type': 'application/x-www-form-urlencoded',
  });
  assert.equal(status, 415);
  assert.deepEqual(
    [Failure.parse(json).status, Failure.parse(json).status_message],
    [415, '415 Unsupported Media Type'],
  );
  assert.match(Failure.parse(json).message, /text\/javascript/);
});

test('a body of two megabytes is accepted, and one of more than 16 is not', async (context) => {
  const { send } = await server(context);
  const icon = 'PHN2'.repeat(4000);
  const apps = Array.from({ length: 120 }, (_, index) =>
    inspectOf(`ghcr.io/apps/app${index}.d:1`, { 'oc.icondata': icon }),
  );
  const before = performance.now();
  assert.equal((await send('PUT', '/API/manager/image', apps)).status, 200);
  assert.ok(performance.now() - before < 10_000, 'the time grows faster than the input');
  assert.equal((await send('PUT', '/API/manager/image', ' '.repeat(16 * 1024 * 1024 + 1))).status, 413);
});

test('only the action that stores images takes large bodies', async (context) => {
  const { send } = await server(context);
  const body = ' '.repeat(64 * 1024 + 1);
  assert.equal((await send('POST', '/API/manager/dry_run_desktop', body)).status, 413);
  assert.equal((await send('DELETE', '/API/manager/images', body)).status, 413);
});

test('invalid inner labels are stored with their defaults and cause a warning', async (context) => {
  const { send, warned } = await server(context);
  const { json } = await send(
    'PUT',
    '/API/manager/image',
    inspectOf('a/b:1', { 'oc.securitycontext': '{allowPrivilegeEscalation:true}' }),
  );
  assert.deepEqual(AppDocument.parse(json).securitycontext, {});
  assert.match(warned[0] ?? '', /^a\/b:1: Config\.Labels\."oc\.securitycontext"/);
});

test('PATCH replaces one entry and refuses another name; without an id it reloads', async (context) => {
  const { send } = await server(context);
  await send('POST', '/API/manager/image', inspectOf('a/b:1'));
  const { json } = await send('PATCH', '/API/manager/image/a/b:1', inspectOf('a/b:1', { 'oc.displayname': 'New' }));
  assert.equal(AppDocument.parse(json).displayname, 'New');
  assert.equal((await send('PATCH', '/API/manager/image/a/b:1', inspectOf('c/d:1'))).status, 400);
  assert.deepEqual(
    Object.keys(z.record(z.string(), AppDocument).parse((await send('PATCH', '/API/manager/image')).json)),
    ['a/b:1'],
  );
});

test('a star and “images” delete all entries and return them', async (context) => {
  const { send } = await server(context);
  await send('POST', '/API/manager/image', [inspectOf('a/b:1'), inspectOf('c/d:1')]);
  assert.deepEqual((await send('DELETE', '/API/manager/image/*')).json, ['a/b:1', 'c/d:1']);
  await send('POST', '/API/manager/image', [inspectOf('a/b:1')]);
  assert.deepEqual((await send('DELETE', '/API/manager/images')).json, ['a/b:1']);
  assert.equal((await send('DELETE', '/API/manager/image')).status, 400);
});

test('properties inherited from a prototype are not entries', async (context) => {
  const { send } = await server(context);
  const { status } = await send('PUT', '/API/manager/image', `{"__proto__":${JSON.stringify(inspectOf('a/b:1'))}}`);
  assert.equal(status, 400);
  assert.equal(
    (await send('PUT', '/API/manager/image', inspectOf('a/b:1', {}, { Config: { Labels: Object.create(LABELS) } })))
      .status,
    400,
  );
});
