/** Other parts of the manager API: desktops, exports, health, unknown paths. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { AppDocument } from '#protocol/manager.ts';
import { imageInfo, inspectOf } from '../../../fakes/catalogue.ts';
import { idsOf, LAUNCH, OPEN, server } from '../../../fakes/manager.ts';

test('a wrong method is refused with the valid ones, and an unknown action is not found', async (context) => {
  const { send } = await server(context);
  const { status, headers } = await send('DELETE', '/API/manager/buildapplist');
  assert.deepEqual([status, headers['allow']], [405, 'GET']);
  for (const action of ['nothing', 'constructor', '__proto__', ''])
    assert.equal((await send('GET', `/API/manager/${action}`)).status, 404, action);
  assert.equal((await send('GET', '/API/manager/image/%zz')).status, 400);
});

test('desktops can be listed, shown as a pod and removed, and no response contains a password', async (context) => {
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

test("a dry run shows the desktop of the token's user, and requires a token", async (context) => {
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

test('health and version are public', async (context) => {
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

test('the echo returns the request without secrets', async (context) => {
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

test('a logged-in administrator needs no key', async (context) => {
  const { send } = await server(context, {
    access: { ...OPEN, permitNetworks: [] },
    isAdministrator: async () => true,
  });
  assert.equal((await send('GET', '/API/manager/images')).status, 200);
});

test('an installed app is exported under another name and registry, and a missing one is not', async (context) => {
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
  assert.equal(z.array(AppDocument).parse(again.json)[0]?.displayname, 'Changed', 'the registered entry is exported');
  assert.equal((await send('GET', '/API/manager/export/paint?as=not%20a%20name')).status, 400);
});
