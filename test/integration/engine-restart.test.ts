/**
 * Restarts: desktops outlive a server and its Podman service, clean-up survives a crash, and a reboot ends desktops.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { z } from 'zod';
import { EngineApi } from '#containers-client/api.ts';
import { instanceLabels } from '#engines/containers/pods/labels.ts';
import {
  aDesktop,
  desktopSpec,
  eventually,
  hermes,
  fry,
  patience,
  run,
  script,
  type EngineUnderTest,
  watching,
} from '../contracts/engine-kit.ts';
import { ownStore, TEST_DATA, TEST_RUN, underTest } from './engine-local.ts';

const runDir = TEST_RUN;
const apiSocket = join(runDir, 'engine/podman.sock');
const local = { socket: null, dataDir: TEST_DATA, runDir, apiSocket };
const skip =
  process.getuid?.() !== 0
    ? 'needs root'
    : spawnSync('podman', ['--version']).status !== 0 && 'podman is not installed';

const open = (): Promise<EngineUnderTest> =>
  underTest(local, { [Symbol.asyncDispose]: async () => undefined }, { keep: true });
const servicePid = async (): Promise<number> =>
  Number((await readFile(join(runDir, 'engine/service.pid'), 'utf8')).split(' ')[0]);

const Listed = z.array(z.looseObject({ Names: z.array(z.string()) }));

async function isListed(name: string): Promise<boolean> {
  const query = { all: true };
  const all = await new EngineApi(apiSocket).json(Listed, 'GET', '/v4.0.0/libpod/containers/json', { query });
  return all.some(({ Names }) => Names.includes(name));
}

const Stored = z.array(z.looseObject({ id: z.string() }));
const Inspected = z.looseObject({ Id: z.string(), State: z.looseObject({ Status: z.string() }) });

/** The state after Podman is killed while it removes a container: Podman still lists it, but its storage lacks it. */
async function cutShort(under: EngineUnderTest, id: string): Promise<AsyncDisposable> {
  const api = new EngineApi(apiSocket);
  const inspect = () => api.json(Inspected, 'GET', `/containers/${id}/json`);
  const { Id } = await inspect();
  await api.text('POST', `/containers/${id}/kill`);
  // Until then a process of Podman cleans up after it, and would write the index, too.
  await eventually('it has exited', async () => ((await inspect()).State.Status === 'exited' ? true : null));
  const index = join(TEST_DATA, 'engine/store/overlay-containers/containers.json');
  const pid = await servicePid();
  // In one go: the next service, which starts at once, has to read the changed file.
  process.kill(pid, 'SIGKILL');
  const stored = Stored.parse(JSON.parse(readFileSync(index, 'utf8')));
  writeFileSync(index, JSON.stringify(stored.filter((one) => one.id !== Id)));
  const back = (): Promise<true | null> =>
    under.engine.ready().then(
      () => true,
      () => null,
    );
  await eventually('the service is back', back);
  return {
    [Symbol.asyncDispose]: async () => {
      await writeFile(index, JSON.stringify(stored));
      const folder = join(runDir, 'engine');
      const env = {
        ...process.env,
        CONTAINERS_CONF: join(folder, 'containers.conf'),
        CONTAINERS_STORAGE_CONF: join(folder, 'storage.conf'),
      };
      const { status, stderr } = spawnSync('podman', ['rm', '--storage', Id], { env, encoding: 'utf8' });
      assert.equal(status, 0, stderr);
    },
  };
}

describe('restarts of Podman', { skip, timeout: 600_000 }, () => {
  let store: AsyncDisposable | null = null;
  before(async () => {
    store = await ownStore();
  });
  after(() => store?.[Symbol.asyncDispose]());

  test('desktops keep running when the server ends, and the next server finds them unchanged', async () => {
    const first = await open();
    const { id, desktop } = await aDesktop(first, hermes);
    const launch = await script(first, desktop, 'sleep 600');
    const credentials = await first.engine.credentials(id);
    const pid = await servicePid();
    await first[Symbol.asyncDispose]();
    assert.throws(() => process.kill(pid, 0), 'its service ended with it');
    await using second = await open();
    try {
      assert.deepEqual(
        (await second.engine.desktops()).map(({ id, state }) => [id, state]),
        [[id, 'running']],
      );
      assert.deepEqual(
        (await second.engine.launches(id)).map(({ id, status }) => [id, status.state]),
        [[launch.id, 'running']],
      );
      assert.deepEqual(await second.engine.credentials(id), credentials);
      assert.equal((await run(second.engine, { desktopId: id }, 'echo fine')).output, 'fine');
      const [memory] = await second.engine.sharedLimits(id);
      assert.ok((memory?.used ?? 0) > 0, 'it is still limited');
    } finally {
      await second.engine.removeDesktop(id, patience());
    }
  });

  test('a Podman service that is killed restarts, and watchers get the current state', async () => {
    await using under = await open();
    await using made = await aDesktop(under, hermes);
    await using watch = watching(under.engine);
    const { events } = watch;
    const pid = await servicePid();
    await eventually('the watch begins', async () => {
      await script(under, made.desktop, 'true');
      return events.length > 0 ? true : null;
    });
    events.length = 0;
    process.kill(pid, 'SIGKILL');
    await eventually('the desktop is reported again', async () => {
      return events.some((event) => event.type === 'desktop' && event.desktop.id === made.id) ? true : null;
    });
    assert.equal((await run(under.engine, { desktopId: made.id }, 'echo fine')).output, 'fine');
    assert.notEqual(await servicePid(), pid);
  });

  test('a desktop with missing parts can be removed', async () => {
    await using under = await open();
    const before = await under.objects();
    const { id, desktop } = await aDesktop(under, hermes);
    await script(under, desktop, 'sleep 600');
    await run(under.engine, { desktopId: id }, 'kill -9 -1').catch(() => undefined);
    await rm(join(runDir, 'desktops', id), { recursive: true });
    await under.engine.removeDesktop(id, patience());
    assert.deepEqual(await under.objects(), before);
  });

  test('a server removes what a killed server left incomplete when it opens the engine', async () => {
    const first = await open();
    const before = await first.objects();
    const api = new EngineApi(apiSocket);
    const spec = desktopSpec(first, hermes);
    const labels = { ...instanceLabels(TEST_DATA), 'deskpod/desktop': spec.id };
    const network = { name: `deskpod-${spec.id}`, driver: 'bridge', labels };
    await api.json(z.unknown(), 'POST', '/v4.0.0/libpod/networks/create', { body: network });
    await mkdir(join(runDir, 'desktops', spec.id), { recursive: true });
    const { id, desktop } = await aDesktop(first, hermes);
    const { id: launch } = await script(first, desktop, 'sleep 600', { runtime: 'pod_application' });
    // Removes only the desktop's container; its launch, network and folders remain.
    await api.text('DELETE', `/containers/${id}`, { query: { force: true } });
    assert.ok((await first.objects()).includes(`container ${launch}`));
    await first[Symbol.asyncDispose]();
    assert.notDeepEqual(await first.cgroupsOf?.(id), []);
    await using second = await open();
    assert.deepEqual(await second.objects(), before);
    // Monitors end a moment after their containers.
    await eventually('its cgroup is gone', async () => {
      await second.engine.tidy();
      return (await second.cgroupsOf?.(id))?.length === 0 ? true : null;
    });
  });

  test('an interrupted removal does no harm, and the next clean-up finishes it', async () => {
    await using under = await open();
    const before = await under.objects();
    const { id } = await aDesktop(under, hermes);
    await using other = await aDesktop(under, fry);
    await using undo = new AsyncDisposableStack();
    undo.use(await cutShort(under, id));
    const found = await under.engine.desktops();
    assert.deepEqual(
      found.map((one) => one.id),
      [other.id],
    );
    await under.engine.removeDesktop(other.id, patience());
    await (await aDesktop(under, fry))[Symbol.asyncDispose]();
    await eventually('it is gone', async () => {
      await under.engine.tidy();
      return (await isListed(id)) ? null : true;
    });
    assert.deepEqual(await under.objects(), before);
  });

  test('and the next start finishes it', async () => {
    const first = await open();
    const before = await first.objects();
    const { id } = await aDesktop(first, hermes);
    await using undo = new AsyncDisposableStack();
    undo.use(await cutShort(first, id));
    await first[Symbol.asyncDispose]();
    await using second = await open();
    assert.deepEqual(await second.objects(), before);
  });

  test('after a reboot, the desktops that it ended are listed as ended', async () => {
    const first = await open();
    const { id, desktop } = await aDesktop(first, hermes);
    const launch = await script(first, desktop, 'sleep 600');
    await run(first.engine, { desktopId: id }, 'kill -9 -1').catch(() => undefined);
    await new EngineApi(apiSocket).text('POST', `/containers/${id}/kill`).catch(() => undefined);
    await eventually('it is down', async () => ((await first.engine.desktops())[0]?.state === 'ended' ? true : null));
    await first[Symbol.asyncDispose]();
    await rm(join(runDir, 'desktops'), { recursive: true, force: true });
    await rm(join(runDir, 'engine/tmp'), { recursive: true, force: true });
    await using second = await open();
    assert.deepEqual(
      (await second.engine.desktops()).map(({ id, state }) => [id, state]),
      [[id, 'ended']],
    );
    const [ended] = await second.engine.launches(id);
    assert.deepEqual([ended?.id, ended?.status.state], [launch.id, 'finished']);
    await second.engine.removeDesktop(id, patience());
    assert.deepEqual(await second.engine.desktops(), []);
  });
});
