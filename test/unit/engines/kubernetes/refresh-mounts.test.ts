/** Mounted keys are refreshed by changes of the gateways' annotations. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test, type TestContext } from 'node:test';
import { KubeConfig } from '@kubernetes/client-node';
import { z } from 'zod';
import { ClusterApi } from '#engines/kubernetes/cluster/api.ts';
import { refreshMounts } from '#engines/kubernetes/cluster/refresh-mounts.ts';

const Patch = z.object({ metadata: z.object({ annotations: z.record(z.string(), z.string()) }) });

/** An API server with these pods, by their annotation; the last one is gone when it is patched. */
async function cluster(t: TestContext, pods: Readonly<Record<string, string | null>>) {
  const patches: string[] = [];
  const selectors: (string | null)[] = [];
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const name = pathname.split('/').at(-1) ?? '';
    response.setHeader('content-type', 'application/json');
    if (request.method === 'GET') {
      selectors.push(searchParams.get('labelSelector'));
      const items = Object.entries(pods).map(([pod, value]) => ({
        metadata: { name: pod, ...(value === null ? {} : { annotations: { 'deskpod/keys': value } }) },
      }));
      response.end(JSON.stringify({ kind: 'PodList', apiVersion: 'v1', items }));
      return;
    }
    const body = Patch.parse(JSON.parse(Buffer.concat(await request.toArray()).toString()));
    patches.push(`${name} ${body.metadata.annotations['deskpod/keys']}`);
    response.statusCode = name === 'gone' ? 404 : 200;
    response.end(JSON.stringify({ kind: 'Status', reason: 'NotFound', metadata: {} }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = z.object({ port: z.number() }).parse(server.address());
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'test', server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
    { name: 'test' },
  );
  return { api: new ClusterApi(config), patches, selectors };
}

test('gateways without these keys are refreshed, several times, because the Secret may arrive after the pod', async (t) => {
  const { api, patches, selectors } = await cluster(t, { old: 'a1.2', fresh: 'b2.0', first: null, gone: 'a1.2' });
  await refreshMounts({ api, namespace: 'abcdesktop' }, 'b2');
  assert.deepEqual(selectors, ['run=nginx-od,app.kubernetes.io/part-of=deskpod']);
  const expected = ['first', 'gone', 'old'].flatMap((name) => [0, 1, 2].map((nth) => `${name} b2.${nth}`));
  assert.deepEqual(patches.toSorted(), expected);
});

test('nothing changes if every gateway has them', async (t) => {
  const { api, patches } = await cluster(t, { one: 'b2.2', two: 'b2.1' });
  await refreshMounts({ api, namespace: 'abcdesktop' }, 'b2');
  assert.deepEqual(patches, []);
});
