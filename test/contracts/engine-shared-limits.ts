/** The engine contract, shared limits: what all containers of a desktop use together is bounded, shown, and left nowhere. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SharedLimit } from '#domain/ports/engine.ts';
import { SHARED_MEMORY_EXCEEDED } from '#domain/hints/resources.ts';
import { add } from './engine-toolbox.ts';
import {
  aDesktop,
  eventually,
  finished,
  hermes,
  output,
  patience,
  printed,
  run,
  script,
  type EngineUnderTest,
} from './engine-kit.ts';

const MB = 1024 ** 2;

export function sharedLimitPromises(under: () => EngineUnderTest): void {
  describe('shared limits', () => {
    async function used(desktopId: string, name: SharedLimit['name']): Promise<number> {
      const limits = await under().engine.sharedLimits(desktopId);
      const use = limits.find((limit) => limit.name === name)?.used;
      assert.ok(typeof use === 'number', `${name} is enforced`);
      return use;
    }

    test('a desktop, apps inside and beside it, and toolboxes count together', async (context) => {
      if (!under().abilities.sharedLimits) return context.skip('others limit desktops here');
      await using made = await aDesktop(under(), hermes);
      const limits = await under().engine.sharedLimits(made.id);
      assert.deepEqual(
        limits.map(({ name, limit }) => [name, limit]),
        [
          ['memory', 768 * MB],
          ['cpus', 1.5],
          ['processes', 600],
        ],
      );
      const before = await used(made.id, 'processes');
      const sleepers = 'for n in 1 2 3 4 5 6 7 8 9; do sleep 600 & done; echo up; wait';
      const launches = [
        await script(under(), made.desktop, sleepers),
        await script(under(), made.desktop, sleepers, { runtime: 'pod_application' }),
      ];
      await add(under(), { desktopId: made.id }, { command: ['sh', '-c', sleepers] });
      await eventually('all of them count', async () =>
        (await used(made.id, 'processes')) >= before + 30 ? true : null,
      );
      for (const { id } of launches) await under().engine.stopLaunch(id, 0, patience());
      await eventually('those that ended do not', async () =>
        (await used(made.id, 'processes')) < before + 20 ? true : null,
      );
    });

    test('apps that together need more memory than the desktop has lose one, and the desktop goes on', async (context) => {
      if (!under().abilities.sharedLimits) return context.skip('others limit desktops here');
      await using made = await aDesktop(under(), hermes);
      const limits = { memoryBytes: 512 * MB, processes: 50 };
      const options = { runtime: 'pod_application', limits } as const;
      const holder = await script(
        under(),
        made.desktop,
        'head -c 300M /dev/zero > /tmp/held; echo held; sleep 600',
        options,
      );
      const target = { desktopId: made.id, launchId: holder.id };
      await eventually('it holds memory', async () =>
        (await printed(under().engine, target)).includes('held') ? true : null,
      );
      assert.ok((await used(made.id, 'memory')) >= 300 * MB, 'temporary files are memory');
      const greedy = await script(under(), made.desktop, 'exec tail /dev/zero', { limits });
      const end = await finished(under().engine, greedy);
      assert.deepEqual([end.exitCode, end.outOfMemory, end.message], [137, true, SHARED_MEMORY_EXCEEDED]);
      assert.equal((await run(under().engine, { desktopId: made.id }, 'echo fine')).output, 'fine');
      const other = await under().engine.findLaunch(made.id, holder.id);
      assert.deepEqual([other?.status.state, other?.memoryKill], ['running', false]);
    });

    test('temporary files have a limit, and the app is told', async (context) => {
      if (!under().abilities.sharedLimits) return context.skip('others limit desktops here');
      await using made = await aDesktop(under(), hermes);
      const limits = { memoryBytes: 512 * MB, processes: 50 };
      const lines = await output(
        under(),
        made.desktop,
        'head -c 330M /dev/zero > /tmp/much || stat --format %s /tmp/much',
        {
          limits,
        },
      );
      assert.match(lines.join('\n'), /No space left on device/);
      assert.ok(lines.includes(String(320 * MB)), lines.join('\n'));
    });

    test('apps together get no more processors than the desktop has', async (context) => {
      if (!under().abilities.sharedLimits) return context.skip('others limit desktops here');
      await using made = await aDesktop(under(), hermes);
      const limits = { cpus: 64, processes: 50 };
      const busy = 'timeout 2 bash -c "while :; do :; done" & timeout 2 bash -c "while :; do :; done"; wait';
      await used(made.id, 'cpus');
      const launches = [
        await script(under(), made.desktop, busy, { limits }),
        await script(under(), made.desktop, busy, { limits, runtime: 'pod_application' }),
      ];
      for (const launch of launches) await finished(under().engine, launch);
      const share = await used(made.id, 'cpus');
      assert.ok(share > 0 && share < 1.65, `${share} processors`);
    });

    test('a removed desktop leaves no cgroup behind', async (context) => {
      const { engine, cgroupsOf } = under();
      if (cgroupsOf === undefined) return context.skip('its cgroups are those of others');
      const { id, desktop } = await aDesktop(under(), hermes);
      await script(under(), desktop, 'sleep 600');
      assert.notDeepEqual(await cgroupsOf(id), []);
      await engine.removeDesktop(id, patience());
      // The monitors of commands end a few seconds later.
      await eventually('they are gone', async () => {
        await engine.tidy();
        return (await cgroupsOf(id)).length === 0 ? true : null;
      });
    });
  });
}
