/** The engine contract, launches: both runtimes draw, end, are stopped completely, and stay within their limits. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Runtime } from '#protocol/app.ts';
import {
  type EngineUnderTest,
  eventually,
  finished,
  firstWindow,
  launchSpec,
  output,
  patience,
  printed,
  run,
  script,
  shareDesktop,
  start,
} from './engine-kit.ts';
import { failsWith } from '../fixtures/fails-with.ts';
import { aRunningDesktop } from '../fixtures/engine-samples.ts';

const RUNTIMES: readonly Runtime[] = ['ephemeral_container', 'pod_application'];
const MB = 1024 ** 2;

export function launchPromises(under: () => EngineUnderTest): void {
  const cannotLimit = (runtime: Runtime) => runtime === 'ephemeral_container' && !under().abilities.limitsEverywhere;

  describe('launches', () => {
    const sharedDesktop = shareDesktop(under);

    test('limits that a launch inside the desktop cannot have are refused with the reason', async (context) => {
      if (!cannotLimit('ephemeral_container')) return context.skip('this engine limits every launch');
      await using made = await sharedDesktop();
      const limits = { memoryBytes: 48 * MB };
      await assert.rejects(start(under(), made.desktop, { limits }), (error) => {
        return failsWith('runtime_refused')(error) && /limits/.test(String(error));
      });
      assert.deepEqual(await under().engine.launches(made.id), []);
    });

    test('options that only a pod supports are refused inside the desktop', async (context) => {
      if (under().abilities.limitsEverywhere) return context.skip('one machine takes no notice of it');
      await using made = await sharedDesktop();
      await assert.rejects(start(under(), made.desktop, { pod: { ports: [8080] } }), failsWith('runtime_refused'));
    });

    for (const runtime of RUNTIMES) {
      test(`${runtime}: a program draws a window that is attributed to its launch`, async () => {
        await using made = await sharedDesktop();
        const launch = await start(under(), made.desktop, { runtime });
        const window = await firstWindow(under().engine, launch);
        assert.match(window.wmClass, /xterm/i);
      });

      test(`${runtime}: exit code and output are available after the end`, async () => {
        await using made = await sharedDesktop();
        const launch = await script(under(), made.desktop, 'echo one; echo two >&2; exit 3', { runtime });
        const end = await finished(under().engine, launch);
        assert.equal(end.exitCode, 3);
        assert.equal(end.outOfMemory, false);
        const now = await under().engine.findLaunch(made.id, launch.id);
        assert.deepEqual([now?.runtime, now?.status.state], [runtime, 'finished']);
        assert.equal(await under().engine.findLaunch(made.id, `${launch.id}x`), null);
        assert.equal(await under().engine.findLaunch(`${made.id}x`, `${launch.id}x`), null);
        assert.ok(Math.abs(end.finishedAt.getTime() - Date.now()) < 60_000);
        assert.deepEqual((await printed(under().engine, { desktopId: made.id, launchId: launch.id })).sort(), [
          'one',
          'two',
        ]);
      });

      test(`${runtime}: stopping ends all its processes, including those that ignore TERM`, async () => {
        await using made = await sharedDesktop();
        const stubborn =
          'trap "" TERM; (trap "" TERM; exec sleep 4711) & setsid sleep 4711 & echo up; while :; do sleep 1; done';
        const launch = await script(under(), made.desktop, stubborn, { runtime });
        const target = { desktopId: made.id, launchId: launch.id };
        await eventually('it runs', async () => ((await printed(under().engine, target)).includes('up') ? true : null));
        await under().engine.stopLaunch(launch.id, 300, patience());
        const left = await run(under().engine, { desktopId: made.id }, 'pgrep -f "[s]leep 4711" || true');
        assert.equal(left.output, '');
        assert.equal((await finished(under().engine, launch)).state, 'finished');
        await under().engine.stopLaunch(launch.id, 300, patience());
      });

      test(`${runtime}: a program that handles TERM can exit gracefully`, async () => {
        await using made = await sharedDesktop();
        const launch = await script(
          under(),
          made.desktop,
          'trap "echo bye; exit 5" TERM; echo up; while :; do sleep 0.1; done',
          { runtime },
        );
        const target = { desktopId: made.id, launchId: launch.id };
        await eventually('it runs', async () => ((await printed(under().engine, target)).includes('up') ? true : null));
        await under().engine.stopLaunch(launch.id, 5_000, patience());
        assert.equal((await finished(under().engine, launch)).exitCode, 5);
        assert.ok((await printed(under().engine, target)).includes('bye'));
      });

      test(`${runtime}: a killed program ends with exit code 137 and the desktop keeps running`, async () => {
        await using made = await sharedDesktop();
        const launch = await script(under(), made.desktop, 'echo up; kill -9 $BASHPID; sleep 600', { runtime });
        const end = runtime === 'ephemeral_container' ? await finished(under().engine, launch) : null;
        if (end) assert.deepEqual([end.exitCode, end.outOfMemory], [137, false]);
        assert.equal((await run(under().engine, { desktopId: made.id }, 'echo fine')).output, 'fine');
      });

      test(`${runtime}: a program that exceeds its memory limit is killed, and the reason is reported`, async (context) => {
        if (cannotLimit(runtime)) return context.skip('this engine limits no launch inside a desktop');
        await using made = await sharedDesktop();
        const launch = await script(under(), made.desktop, 'exec tail /dev/zero', {
          runtime,
          limits: { memoryBytes: 48 * MB, processes: 50 },
        });
        const end = await finished(under().engine, launch);
        assert.deepEqual([end.exitCode, end.outOfMemory], [137, true]);
      });

      test(`${runtime}: a program cannot exceed its limit of processes`, async (context) => {
        if (!under().abilities.limitsEverywhere) return context.skip('this engine limits no numbers of processes');
        await using made = await sharedDesktop();
        const fork = 'n=0; while [ $n -lt 90 ]; do sleep 20 & n=$((n+1)); done; echo all';
        const launch = await start(under(), made.desktop, {
          runtime,
          command: ['sh', '-c', fork],
          limits: { processes: 50 },
        });
        const end = await finished(under().engine, launch);
        assert.notEqual(end.exitCode, 0);
        const said = await printed(under().engine, { desktopId: made.id, launchId: launch.id });
        assert.match(said.join('\n'), /fork/i);
      });

      test(`${runtime}: the variables that apps rely on are set, and contain no secret`, async () => {
        const { engine } = under();
        await using made = await sharedDesktop();
        const launch = await script(under(), made.desktop, 'env', {
          runtime,
          env: { APP: '/usr/bin/xterm', ARGS: '-e top', DISPLAY: ':7', HOME: '/', MINE: 'a=b c' },
        });
        await finished(engine, launch);
        const lines = await printed(engine, { desktopId: made.id, launchId: launch.id });
        const env = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s, 2)));
        assert.equal(env['DISPLAY'], runtime === 'ephemeral_container' ? ':0' : `${made.desktop.address}:0`);
        assert.deepEqual(
          [env['HOME'], env['USER'], env['LOGNAME'], env['TZ'], env['APP'], env['ARGS'], env['MINE']],
          ['/home/hermes', 'hermes', 'hermes', 'Europe/Vienna', '/usr/bin/xterm', '-e top', 'a=b c'],
        );
        assert.equal(env['ABCDESKTOP_EXECUTE_RUNTIME'], runtime);
        assert.equal(env['PARENT_ID'], made.id);
        const found = await engine.environment(launch.id);
        assert.equal(found['MINE'], 'a=b c');
        const { vncPassword, xCookie } = await engine.credentials(made.id);
        const all = JSON.stringify([lines, found]);
        assert.equal(all.includes(vncPassword) || all.includes(xCookie), false);
      });

      test(`${runtime}: an image of the published kind runs as the desktop's user although it requests root`, async () => {
        await using made = await sharedDesktop();
        const launch = await start(under(), made.desktop, {
          runtime,
          image: under().images.published,
          env: { APP: '/usr/bin/id' },
        });
        const end = await finished(under().engine, launch);
        const said = await printed(under().engine, { desktopId: made.id, launchId: launch.id });
        assert.match(said.join('\n'), /uid=4100\(hermes\) gid=4100\(hermes\)/);
        assert.equal(end.exitCode, 0);
      });
    }

    test('a program that requires shared memory draws inside the desktop and fails beside it, and its log says why', async () => {
      const { engine } = under();
      await using made = await sharedDesktop();
      const image = under().images.shmDemo;
      await firstWindow(engine, await start(under(), made.desktop, { image }));
      const beside = await start(under(), made.desktop, { image, runtime: 'pod_application' });
      assert.notEqual((await finished(engine, beside)).exitCode, 0);
      const said = await printed(engine, { desktopId: made.id, launchId: beside.id });
      assert.match(said.join('\n'), /MIT-SHM/);
    });

    test('the home is the same in both runtimes and in the desktop', async () => {
      await using made = await sharedDesktop();
      const name = `note-${made.id}`;
      await output(under(), made.desktop, `echo from-ephemeral > ~/${name}`);
      assert.deepEqual(
        await output(under(), made.desktop, `cat ~/${name}; rm ~/${name}`, { runtime: 'pod_application' }),
        ['from-ephemeral'],
      );
    });

    test('a name in use is refused and its launch keeps running', async () => {
      const { engine } = under();
      await using made = await sharedDesktop();
      const first = await script(under(), made.desktop, 'sleep 600');
      await assert.rejects(script(under(), made.desktop, 'true', { id: first.id }), failsWith('name_taken'));
      const [left] = await engine.launches(made.id);
      assert.deepEqual([left?.id, left?.status.state], [first.id, 'running']);
    });

    test('a program that does not exist fails at once with its name and leaves nothing', async () => {
      await using made = await sharedDesktop();
      const before = await under().objects();
      await assert.rejects(start(under(), made.desktop, { command: ['/no/such/program'] }), (error) => {
        return failsWith('app_unavailable')(error) && /no\/such\/program/.test(String(error));
      });
      assert.deepEqual(await under().objects(), before);
    });

    test('a missing image is refused with its name', async () => {
      await using made = await sharedDesktop();
      const image = 'localhost/deskpod/nothing-here:1';
      await assert.rejects(
        start(under(), made.desktop, { image }),
        (error) => failsWith('app_unavailable')(error) && /nothing-here/.test(String(error)),
      );
    });

    test('nothing can be launched without a desktop', async () => {
      const nowhere = aRunningDesktop({ id: 'hermes-00000', userId: 'hermes', state: 'ended' });
      await assert.rejects(
        under().engine.launch(launchSpec(under(), nowhere, {}), () => undefined, patience()),
        failsWith('desktop_missing'),
      );
    });

    test('an aborted launch leaves nothing', async () => {
      await using made = await sharedDesktop();
      const before = await under().objects();
      const abort = new AbortController();
      const launching = under().engine.launch(launchSpec(under(), made.desktop, {}), () => undefined, abort.signal);
      abort.abort(new Error('changed my mind'));
      await assert.rejects(launching, /changed my mind/);
      assert.deepEqual(await under().objects(), before);
    });

    test('a launch can be removed while it runs, and is not listed any more', async () => {
      const { engine } = under();
      await using made = await sharedDesktop();
      const launch = await script(under(), made.desktop, 'sleep 600');
      await engine.removeLaunch(launch.id);
      await engine.removeLaunch(launch.id);
      assert.deepEqual(await engine.launches(made.id), []);
      await assert.rejects(engine.environment(launch.id), failsWith('not_found'));
    });

    test('usage differs between a busy and an idle launch', async () => {
      const { engine } = under();
      await using made = await sharedDesktop();
      const busy = await script(
        under(),
        made.desktop,
        'while :; do :; done',
        under().abilities.limitsEverywhere ? { limits: { cpus: 0.5 } } : {},
      );
      const idle = await script(under(), made.desktop, 'sleep 600');
      await engine.usage(made.id);
      const most = under().abilities.limitsEverywhere ? 0.8 : 1.3;
      await eventually('as much is used as is allowed and no more, and none by the one that sleeps', async () => {
        // Usage is a mean over time, because the kernel assigns CPU time in periods of a tenth of a second.
        await delay(1000);
        const usage = await engine.usage(made.id);
        const [first, second] = [busy.id, idle.id].map((id) => usage.find(({ launchId }) => launchId === id));
        if (!first || !second || second.memoryBytes === 0) return null;
        return first.cpu > 0.2 && first.cpu < most && second.cpu < 0.1 ? true : null;
      });
    });
  });
}
