import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStore } from '#store/open.ts';
import { aServer, DESKTOP, FRY, RUNNING } from '../../../fakes/launches.ts';
import { TinyEngine } from '../../../fakes/tiny-engine.ts';

test('an engine that implements only the port runs a launch to its end', async () => {
  const engine = new TinyEngine(
    new Map([
      [
        'localhost/deskpod/2048-gtk:1',
        async ({ env }, print) => {
          print(`in ${env['TZ']}`);
          return 3;
        },
      ],
    ]),
  );
  const { id, regional } = { id: DESKTOP.id, regional: RUNNING.regional };
  const spec = {
    id,
    account: FRY.account,
    image: 'desktop',
    env: {},
    regional,
    x11Tcp: false,
    limits: {},
    labels: {},
    shared: [],
  };
  await engine.makeDesktop({ ...spec, geometry: { width: 800, height: 600 } }, () => {});
  const server = await aServer(engine, await openStore({ kind: 'sqlite', file: ':memory:' }));
  const stopping = new AbortController();
  const following = (async () => {
    for await (const event of engine.watch(stopping.signal))
      if (event.type === 'launch') await server.launches.seen(event.launch);
  })();
  const { id: launchId } = await server.start();
  const ended = await server.until((launch) => launch.id === launchId && launch.status.state === 'finished');
  assert.deepEqual(ended.status.state === 'finished' && [ended.status.reason, ended.status.exitCode], ['error', 3]);
  assert.match((await server.launches.find(launchId))?.record.end?.log ?? '', /in Europe\/Vienna/);
  stopping.abort();
  await assert.rejects(following, { name: 'AbortError' });
});
