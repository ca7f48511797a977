/** The manager part of the compatible API, driven as command lines drive it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import fastify from 'fastify';
import type { InjectOptions } from 'fastify';
import { z } from 'zod';
import { Catalogue } from '#domain/catalogue/catalogue.ts';
import type { EngineDesktop, EngineLaunch } from '#domain/engine.ts';
import { managerRoutes } from '#http/manager/routes.ts';
import type { ManagerDeps } from '#http/manager/routes.ts';
import { AppDocument } from '#protocol/manager.ts';
import { fakeDeps, imageInfo, inspectOf, LABELS } from '../fakes/catalogue.ts';

const DESKTOP: EngineDesktop = {
  id: 'hermes-db906',
  userId: 'hermes',
  state: 'running',
  createdAt: new Date('2026-01-02T03:04:05Z'),
  address: '10.89.0.2',
  place: 'here',
};
const LAUNCH: EngineLaunch = {
  id: 'hermes-conrad-2048-alpine-1eef4',
  desktopId: DESKTOP.id,
  userId: 'hermes',
  runtime: 'ephemeral_container',
  status: {
    state: 'finished',
    exitCode: 0,
    outOfMemory: false,
    finishedAt: new Date('2026-01-02T03:05:05Z'),
    message: null,
  },
  startedAt: new Date('2026-01-02T03:04:06Z'),
  image: 'a/b:1',
  imageDigest: null,
  hostname: 'x',
};
const ACCOUNT = { userId: 'hermes', displayName: 'Hermes Conrad', provider: 'directory', uid: 2043, gid: 12043 };

const OPEN = {
  enabled: true,
  keys: ['0123456789abcdef'],
  permitNetworks: ['127.0.0.0/8'],
  onlyNetworks: null,
  trustedProxies: [],
};

async function server(context: TestContext, more: Partial<ManagerDeps> = {}) {
  const surroundings = fakeDeps();
  const catalogue = await Catalogue.open(surroundings);
  const removed: string[] = [];
  const warned: string[] = [];
  const deps: ManagerDeps = {
    catalogue,
    desktops: {
      desktops: async () => [DESKTOP],
      launches: async () => [LAUNCH],
      removeDesktop: async ({ id }) => void removed.push(id),
      removeLaunch: async ({ id }) => void removed.push(id),
    },
    access: OPEN,
    images: surroundings.images,
    isAdministrator: async () => false,
    userOf: async (token) =>
      token === 'good'
        ? {
            user: { id: 'hermes', name: 'Hermes Conrad', provider: 'directory', labels: [], roles: ['user'] },
            account: ACCOUNT,
          }
        : null,
    planDesktop: async ({ account }) => ({
      id: 'hermes-00000',
      account,
      image: 'desktop',
      geometry: { width: 800, height: 600 },
      env: { LANG: 'C.UTF-8' },
      x11Tcp: true,
      limits: { memoryBytes: 1024 },
      labels: { crew: 'true' },
    }),
    version: { date: '2026-01-01', commit: 'abc', version: '0.1.0' },
    warn: (message) => void warned.push(message),
    failed: () => undefined,
    ...more,
  };
  const app = fastify();
  await app.register(managerRoutes(deps));
  context.after(async () => {
    await app.close();
    await catalogue[Symbol.asyncDispose]();
  });
  const send = async (
    method: InjectOptions['method'] & string,
    url: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) => {
    const payload = body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) };
    const type = body === undefined ? {} : { 'content-type': 'text/javascript' };
    const all = { host: 'localhost:30443', ...type, ...headers };
    const reply = await app.inject({
      method: z.enum(['GET', 'PUT', 'POST', 'DELETE', 'PATCH']).parse(method),
      url,
      headers: all,
      ...payload,
    });
    const json: unknown = /json/.test(String(reply.headers['content-type'])) ? JSON.parse(reply.body) : reply.body;
    return { status: reply.statusCode, json, headers: reply.headers };
  };
  return { ...surroundings, catalogue, send, removed, warned };
}

const Failure = z.object({
  status: z.number(),
  status_message: z.string(),
  message: z.string(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
});
const idsOf = (json: unknown) =>
  z
    .array(AppDocument)
    .parse(json)
    .map(({ id }) => id);

test('PUT stores an array, answers the stored entries at once and begins to pull', async (context) => {
  const { send, images } = await server(context);
  const { status, json } = await send('PUT', '/API/manager/image', [inspectOf('apps/one:1'), inspectOf('apps/two:1')]);
  assert.equal(status, 200);
  assert.deepEqual(idsOf(json), ['apps/one:1', 'apps/two:1']);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(images.asked, ['docker.io/apps/one:1', 'docker.io/apps/two:1']);
});

test('POST stores one object without a pull and answers one object', async (context) => {
  const { send, images } = await server(context);
  const { status, json } = await send('POST', '/API/manager/image', inspectOf('apps/one:1'), {
    'content-type': 'application/json',
  });
  assert.equal(status, 200);
  assert.equal(AppDocument.parse(json).id, 'apps/one:1');
  assert.deepEqual(images.asked, []);
});

test('controller and action are known in any case, ids keep theirs', async (context) => {
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

test('an unknown id is answered with the bare text, whatever is asked', async (context) => {
  const { send } = await server(context);
  for (const method of ['GET', 'DELETE'] as const) {
    const { status, json } = await send(method, '/API/manager/image/none/such:1');
    assert.deepEqual([status, json], [404, 'Not found']);
  }
  assert.deepEqual((await send('PATCH', '/API/manager/image/none/such:1', inspectOf('none/such:1'))).json, 'Not found');
});

test('an empty array is legal and an empty catalogue is an empty object', async (context) => {
  const { send } = await server(context);
  assert.deepEqual((await send('PUT', '/API/manager/image', [])).json, []);
  for (const path of ['images', 'image', 'buildapplist'])
    assert.deepEqual((await send('GET', `/API/manager/${path}`)).json, {});
});

test('one bad entry of an array stores nothing, and every complaint is listed with its place', async (context) => {
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

test('what is not an entry at all is refused with the documented words', async (context) => {
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

test('another content type is refused with the ones that are taken', async (context) => {
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

test('a body of two megabytes is taken in under a second, one of more than 16 is not', async (context) => {
  const { send } = await server(context);
  const icon = 'PHN2'.repeat(4000);
  const apps = Array.from({ length: 120 }, (_, index) =>
    inspectOf(`ghcr.io/apps/app${index}.d:1`, { 'oc.icondata': icon }),
  );
  const before = performance.now();
  assert.equal((await send('PUT', '/API/manager/image', apps)).status, 200);
  assert.ok(performance.now() - before < 1000);
  assert.equal((await send('PUT', '/API/manager/image', ' '.repeat(16 * 1024 * 1024 + 1))).status, 413);
});

test('broken inner labels are stored with their defaults and warned about', async (context) => {
  const { send, warned } = await server(context);
  const { json } = await send(
    'PUT',
    '/API/manager/image',
    inspectOf('a/b:1', { 'oc.securitycontext': '{allowPrivilegeEscalation:true}' }),
  );
  assert.deepEqual(AppDocument.parse(json).securitycontext, {});
  assert.match(warned[0] ?? '', /^a\/b:1: Config\.Labels\."oc\.securitycontext"/);
});

test('PATCH replaces one entry and refuses one of another name; without an id it reads again', async (context) => {
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

test('a star and “images” delete everything and tell what it was', async (context) => {
  const { send } = await server(context);
  await send('POST', '/API/manager/image', [inspectOf('a/b:1'), inspectOf('c/d:1')]);
  assert.deepEqual((await send('DELETE', '/API/manager/image/*')).json, ['a/b:1', 'c/d:1']);
  await send('POST', '/API/manager/image', [inspectOf('a/b:1')]);
  assert.deepEqual((await send('DELETE', '/API/manager/images')).json, ['a/b:1']);
  assert.equal((await send('DELETE', '/API/manager/image')).status, 400);
});

test('a wrong method is refused with those that exist, an unknown action is not found', async (context) => {
  const { send } = await server(context);
  const { status, headers } = await send('DELETE', '/API/manager/buildapplist');
  assert.deepEqual([status, headers['allow']], [405, 'GET']);
  for (const action of ['nothing', 'constructor', '__proto__', ''])
    assert.equal((await send('GET', `/API/manager/${action}`)).status, 404, action);
  assert.equal((await send('GET', '/API/manager/image/%zz')).status, 400);
});

test('desktops are listed, shown as a pod and removed, and no password is in any answer', async (context) => {
  const { send, removed } = await server(context);
  const list = await send('GET', '/API/manager/desktop');
  const rows = z.array(z.record(z.string(), z.unknown())).parse(list.json);
  assert.deepEqual(
    [rows[0]?.['id'], rows[0]?.['ipAddr'], rows[0]?.['status']],
    ['hermes-db906', '10.89.0.2', 'Running'],
  );
  assert.ok(!/password|cookie/i.test(JSON.stringify(list.json)));
  const pod = z
    .object({
      status: z.object({
        ephemeralContainerStatuses: z.array(
          z.object({
            name: z.string(),
            state: z.object({ terminated: z.object({ exitCode: z.number(), reason: z.string() }) }),
          }),
        ),
      }),
    })
    .parse((await send('GET', '/API/manager/desktop/hermes-db906')).json);
  assert.deepEqual(pod.status.ephemeralContainerStatuses[0]?.state.terminated.reason, 'Completed');
  assert.equal(
    z.array(z.unknown()).parse((await send('GET', '/API/manager/desktop/hermes-db906/container')).json).length,
    1,
  );
  assert.equal((await send('GET', `/API/manager/desktop/hermes-db906/container/${LAUNCH.id}`)).status, 200);
  assert.equal((await send('DELETE', `/API/manager/desktop/hermes-db906/container/${LAUNCH.id}`)).json, LAUNCH.id);
  assert.equal((await send('DELETE', '/API/manager/desktop/hermes-db906')).json, true);
  assert.deepEqual(removed, [LAUNCH.id, 'hermes-db906']);
  for (const path of ['nobody-00000', 'hermes-db906/other', 'hermes-db906/container/none'])
    assert.equal((await send('GET', `/API/manager/desktop/${path}`)).status, 404, path);
});

test('a dry run shows the desktop of whoever the token names, and needs one', async (context) => {
  const { send } = await server(context);
  const { json } = await send('GET', '/API/manager/dry_run_desktop', undefined, { abcauthorization: 'Bearer good' });
  assert.equal(
    z.object({ metadata: z.object({ labels: z.object({ access_userid: z.string() }) }) }).parse(json).metadata.labels
      .access_userid,
    'hermes',
  );
  assert.equal(
    (await send('POST', '/API/manager/dry_run_desktop', {}, { abcauthorization: 'Bearer bad' })).status,
    401,
  );
});

test('health and version are for everybody', async (context) => {
  const { send } = await server(context, {
    access: { ...OPEN, permitNetworks: [] },
  });
  assert.deepEqual((await send('GET', '/API/healthz')).json, 'OK');
  assert.deepEqual((await send('POST', '/api/Version', {})).json, {
    date: '2026-01-01',
    commit: 'abc',
    version: '0.1.0',
  });
  assert.equal((await send('GET', '/API/manager/healtz')).status, 403);
});

test('the echo shows what was sent, but no secret', async (context) => {
  const { send } = await server(context);
  const { json } = await send('GET', '/API/manager/echohttp?a=1', undefined, {
    'x-api-key': '0123456789abcdef',
    'x-test': 'yes',
  });
  const echoed = z
    .object({ headers: z.record(z.string(), z.string()), params: z.record(z.string(), z.string()) })
    .parse(json);
  assert.deepEqual([echoed.headers['x-test'], echoed.headers['x-api-key'], echoed.params['a']], ['yes', '••••', '1']);
});

test('an administrator who is logged in needs no key', async (context) => {
  const { send } = await server(context, {
    access: { ...OPEN, permitNetworks: [] },
    isAdministrator: async () => true,
  });
  assert.equal((await send('GET', '/API/manager/images')).status, 200);
});

test('an installed app is exported under another name and registry, one that is not here is not', async (context) => {
  const { send, images } = await server(context);
  await send('POST', '/API/manager/image', inspectOf('localhost/deskpod/paint:latest'));
  assert.equal((await send('GET', '/API/manager/export/paint')).status, 409);
  images.present.set('localhost/deskpod/paint:latest', imageInfo('localhost/deskpod/paint:latest'));
  const exported = await send(
    'GET',
    '/API/manager/export/paint?as=2048-alpine.d:3.0&registry=registry.example.org/apps&label=oc.containerengine=pod_application',
  );
  const stored = await send('POST', '/API/manager/image', exported.json);
  assert.deepEqual(idsOf(stored.json), ['registry.example.org/apps/2048-alpine.d:3.0']);
  await send(
    'POST',
    '/API/manager/image',
    inspectOf('localhost/deskpod/paint:latest', { 'oc.displayname': 'Changed' }),
  );
  const again = await send('POST', '/API/manager/image', (await send('GET', '/API/manager/export/paint')).json);
  assert.equal(z.array(AppDocument).parse(again.json)[0]?.displayname, 'Changed', 'what was registered counts');
  assert.equal((await send('GET', '/API/manager/export/paint?as=not%20a%20name')).status, 400);
});

test('nothing inherited from a prototype passes for an entry', async (context) => {
  const { send } = await server(context);
  const { status } = await send('PUT', '/API/manager/image', `{"__proto__":${JSON.stringify(inspectOf('a/b:1'))}}`);
  assert.equal(status, 400);
  assert.equal(
    (await send('PUT', '/API/manager/image', inspectOf('a/b:1', {}, { Config: { Labels: Object.create(LABELS) } })))
      .status,
    400,
  );
});
