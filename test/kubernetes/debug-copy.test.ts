/** Copies of launches on a real cluster, compared with those that `kubectl debug --copy-to` creates. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { z } from 'zod';
import type { CopySpec } from '#domain/ports/debug-engine.ts';
import { podAppName } from '#domain/names.ts';
import { eventually, finished, firstWindow, launchSpec, patience, printed, script } from '../contracts/engine-kit.ts';
import { reasonToSkip, REGISTRY } from './cluster.ts';
import { type Debugged, debugged } from './debug-kit.ts';
import { failsWith } from '../fixtures/fails-with.ts';

const skip = reasonToSkip() ?? false;
const Listed = z.looseObject({
  metadata: z.looseObject({ annotations: z.record(z.string(), z.string()).default({}) }),
  spec: z.record(z.string(), z.unknown()),
});

describe('copies on a cluster', { skip, timeout: 600_000 }, () => {
  let narrow: Debugged;
  let wide: Debugged;
  before(async () => {
    narrow = await debugged('deskpod-copy-narrow', 'restricted');
    wide = await debugged('deskpod-copy-wide', 'privileged');
  });
  after(async () => {
    await narrow?.[Symbol.asyncDispose]();
    await wide?.[Symbol.asyncDispose]();
  });

  type Changed = Partial<CopySpec['changed']>;
  const spec = (on: Debugged, of: string, changed: Changed, more: Partial<CopySpec> = {}): CopySpec => ({
    launch: launchSpec(on.under, on.desktop, {
      runtime: 'pod_application',
      id: podAppName('hermes', 'copy'),
      ...(changed.command ? { command: changed.command } : {}),
      ...(changed.env ? { env: changed.env } : {}),
    }),
    of,
    changed: { image: null, command: [], env: {}, ...changed },
    shareProcesses: true,
    sameNode: false,
    plain: false,
    ...more,
  });
  const copy = (on: Debugged, asked: CopySpec) => on.engine.debug.copy(asked, () => {}, patience());
  const podOf = async (on: Debugged, name: string) =>
    Listed.parse(JSON.parse(await on.kubectl('get', 'pod', name, '-o', 'json')));
  /** Omits the node that the scheduler chose. */
  const specOf = async (on: Debugged, name: string) => {
    const { nodeName: _node, ...kept } = (await podOf(on, name)).spec;
    return kept;
  };

  const image = `${REGISTRY}/text-editor:1`;
  const cases: readonly [string, Changed, readonly string[], readonly string[]][] = [
    ['another command', { command: ['sleep', '600'] }, ['--profile=general'], ['--', 'sleep', '600']],
    ['another image alone', { image }, [`--set-image=*=${image}`], []],
    [
      'image, command and variables',
      { image, command: ['sleep', '600'], env: { A: 'b' } },
      [`--set-image=*=${image}`, '--env=A=b'],
      ['--', 'sleep', '600'],
    ],
  ];
  for (const [what, changed, options, command] of cases) {
    test(`a plain copy with ${what} equals the one that kubectl debug creates`, async () => {
      const launch = await script(wide.under, wide.desktop, 'exec sleep 600', { runtime: 'pod_application' });
      const named = command.length > 0 ? [`--container=${launch.id}`] : [];
      const to = [`--copy-to=${launch.id}-copy`, '--share-processes=true', '--attach=false'];
      await wide.kubectl('debug', launch.id, ...to, ...named, ...options, ...command);
      const { id } = await copy(wide, spec(wide, launch.id, changed, { plain: true }));
      assert.deepEqual(await specOf(wide, id), await specOf(wide, `${launch.id}-copy`));
      await wide.engine.removeLaunch(id);
      await wide.engine.removeLaunch(launch.id);
    });
  }

  test('where the namespace forbids ptrace, a plain copy equals the one that kubectl creates with the profile restricted', async () => {
    const launch = await script(narrow.under, narrow.desktop, 'exec sleep 600', { runtime: 'pod_application' });
    const options = [`--container=${launch.id}`, '--profile=restricted', '--share-processes=true', '--attach=false'];
    await narrow.kubectl('debug', launch.id, `--copy-to=${launch.id}-copy`, ...options, '--', 'sleep', '600');
    const { id } = await copy(narrow, spec(narrow, launch.id, { command: ['sleep', '600'] }, { plain: true }));
    assert.deepEqual(await specOf(narrow, id), await specOf(narrow, `${launch.id}-copy`));
    await narrow.engine.removeLaunch(id);
    await narrow.engine.removeLaunch(launch.id);
  });

  test('without plain, a copy differs from its original only in the requested fields and its host name', async () => {
    const { engine, under, desktop } = narrow;
    const launch = await script(under, desktop, 'exec sleep 600', { runtime: 'pod_application', env: { KEPT: '1' } });
    const before = await specOf(narrow, launch.id);
    const made = await copy(narrow, spec(narrow, launch.id, { command: ['sleep', '601'], env: { NEW: '2' } }));
    assert.equal(made.hostname, made.id);
    const now = await specOf(narrow, made.id);
    const changed = (a: Record<string, unknown>, b: Record<string, unknown>) =>
      Object.keys({ ...a, ...b }).filter((field) => JSON.stringify(a[field]) !== JSON.stringify(b[field]));
    assert.deepEqual(changed(before, now).sort(), ['containers', 'hostname']);
    const main = (one: Record<string, unknown>) =>
      z.array(z.record(z.string(), z.unknown())).parse(one['containers'])[0] ?? {};
    assert.deepEqual(changed(main(before), main(now)).sort(), ['command', 'env']);
    assert.equal((await engine.environment(made.id))['NEW'], '2');
    assert.equal((await engine.environment(made.id))['KEPT'], '1');
    assert.equal((await podOf(narrow, made.id)).metadata.annotations['deskpod/copy-of'], launch.id);
    assert.deepEqual(await specOf(narrow, launch.id), before, 'the original is unchanged');
    await engine.stopLaunch(made.id, 500, patience());
    assert.equal((await finished(engine, made)).state, 'finished');
    await engine.removeLaunch(made.id);
    await engine.removeLaunch(launch.id);
  });

  test('a launch that ended at once is copied with another command, and so is one that was stopped', async () => {
    const { engine, under, desktop } = narrow;
    const launch = await script(under, desktop, 'echo broken; exit 3', { runtime: 'pod_application' });
    await finished(engine, launch);
    const first = await copy(narrow, spec(narrow, launch.id, { command: ['sleep', '600'] }));
    await engine.stopLaunch(first.id, 100, patience());
    const second = await copy(narrow, spec(narrow, first.id, { command: ['bash', '-c', 'echo mended; sleep 600'] }));
    const target = { desktopId: desktop.id, launchId: second.id };
    await eventually('its log', async () => ((await printed(engine, target)).includes('mended') ? true : null));
    for (const { id } of [launch, first, second]) await engine.removeLaunch(id);
  });

  test('a copy of an ephemeral launch is a pod of its own, with its window on the same display', async () => {
    const { engine, under, desktop } = narrow;
    const launch = await script(under, desktop, 'exit 3');
    await finished(engine, launch);
    const command = ['xterm', '-e', 'sleep 600'];
    const made = await copy(narrow, spec(narrow, launch.id, { command }));
    assert.equal(made.runtime, 'pod_application');
    await firstWindow(engine, made);
    await engine.removeLaunch(made.id);
  });

  test('a target that does not exist cannot be copied', async () => {
    await assert.rejects(copy(narrow, spec(narrow, 'hermes-app-none', {})), failsWith('not_found'));
    const nowhere = spec(narrow, 'x', {}, {});
    const launch = { ...nowhere.launch, desktopId: 'gone-00000' };
    await assert.rejects(copy(narrow, { ...nowhere, launch }), failsWith('not_found'));
  });
});
