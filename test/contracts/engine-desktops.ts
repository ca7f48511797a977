/** The engine contract, desktops: created completely or not at all, listed, watched, removed without traces. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { describe, test } from 'node:test';
import type { EngineEvent } from '#domain/ports/engine.ts';
import { listHome, packHome } from '#domain/desktops/home-files.ts';
import {
  aDesktop,
  desktopSpec,
  eventually,
  fry,
  hermes,
  patience,
  run,
  script,
  type EngineUnderTest,
  watching,
} from './engine-kit.ts';
import { failsWith } from '../fixtures/fails-with.ts';

export function desktopPromises(under: () => EngineUnderTest): void {
  describe('desktops', () => {
    test('a new desktop shows a screen, has a window manager and is listed', async () => {
      const { engine } = under();
      const steps: string[] = [];
      const regional = { timezone: 'Europe/Vienna', languages: ['de-AT', 'en'] };
      const spec = desktopSpec(under(), hermes, { regional });
      const made = await engine.makeDesktop(spec, (step) => steps.push(step), patience());
      try {
        // A step is reported again when what it waits for changes.
        const passed = steps.filter((step, index) => step !== steps[index - 1]);
        assert.deepEqual(passed, ['home', 'create', 'display', 'window_manager']);
        assert.equal(made.state, 'running');
        assert.equal(made.userId, 'hermes');
        const screen = await engine.connect(made.id, 'screen', patience());
        const [banner] = await screen.take(1).toArray();
        screen.destroy();
        assert.match(String(banner), /^RFB 003\./);
        const listed = (await engine.desktops()).find(({ id }) => id === made.id);
        assert.deepEqual([listed?.state, listed?.regional], ['running', regional], 'another server reads the same');
        assert.match((await engine.credentials(made.id)).xCookie, /^[0-9a-f]{32}$/);
      } finally {
        await engine.removeDesktop(made.id, patience());
      }
    });

    test('removing a desktop keeps only the home, and removing it again succeeds', async () => {
      const { engine } = under();
      const before = await under().objects();
      const { id, desktop } = await aDesktop(under(), hermes);
      await script(under(), desktop, 'echo kept > ~/kept; sleep 600');
      await script(under(), desktop, 'sleep 600', { runtime: 'pod_application' });
      await engine.removeDesktop(id, patience());
      await engine.removeDesktop(id, patience());
      assert.deepEqual(await under().objects(), before);
      await assert.rejects(engine.credentials(id), failsWith('not_found'));
      await using again = await aDesktop(under(), hermes);
      assert.equal((await run(engine, { desktopId: again.id }, 'cat ~/kept')).output, 'kept');
    });

    test('the size of a home is that of its files, kept or lost, caches included', async () => {
      const { engine } = under();
      const guest = { ...fry, userId: randomUUID(), provider: 'anonymous', uid: 4102, gid: 4102 };
      for (const account of [hermes, guest]) {
        await using made = await aDesktop(under(), account);
        const before = await engine.homeBytes(made.id);
        // A volume has a size of its own.
        if (before === null) return;
        await run(engine, { desktopId: made.id }, 'mkdir -p ~/.cache; head -c 5M /dev/urandom > ~/.cache/junk');
        const added = ((await engine.homeBytes(made.id)) ?? 0) - before;
        assert.ok(added >= 5 * 1024 ** 2 && added < 6 * 1024 ** 2, `${account.userId}: ${added} bytes`);
        await run(engine, { desktopId: made.id }, 'rm ~/.cache/junk');
      }
    });

    test("each desktop reports whether its home is kept; a guest's home is deleted with the desktop, without traces", async () => {
      const { engine } = under();
      const guest = { ...fry, userId: randomUUID(), provider: 'anonymous', uid: 4102, gid: 4102 };
      {
        await using kept = await aDesktop(under(), hermes);
        assert.equal(kept.desktop.home, 'kept');
      }
      const { id, desktop } = await aDesktop(under(), guest);
      assert.equal(desktop.home, 'lost');
      assert.equal(
        (await engine.desktops()).find((one) => one.id === id)?.home,
        'lost',
        'another server reads the same',
      );
      assert.deepEqual((await listHome(engine, id)).files, [], 'a new home is empty');
      assert.equal(
        (await run(engine, { desktopId: id }, 'echo precious > ~/kept; mkdir ~/.cache; date > ~/.cache/x')).exitCode,
        0,
      );
      const { files, count } = await listHome(engine, id);
      assert.deepEqual([files.map(({ path }) => path), count], [['kept'], 1]);
      const archive = Buffer.concat(await (await packHome(engine, id)).toArray());
      const { stdout, status } = spawnSync('tar', ['xzO', '--wildcards', '*/kept'], { input: archive });
      assert.deepEqual([String(stdout), status], ['precious\n', 0]);
      await engine.removeDesktop(id, patience());
      await using again = await aDesktop(under(), guest, { id });
      assert.equal((await run(engine, { desktopId: again.id }, 'find ~ -type f')).output, '');
    });

    test('a home of any size is archived while it is read', async () => {
      const { engine } = under();
      await using desktop = await aDesktop(under(), fry);
      const target = { desktopId: desktop.id };
      // Random data cannot be compressed.
      await run(engine, target, 'rm -rf ~/*; head -c 60000000 /dev/urandom > ~/large; sha256sum < ~/large > ~/sum');
      const folder = await mkdtemp(join(tmpdir(), 'deskpod-archive-'));
      try {
        const archive = await packHome(engine, desktop.id);
        const tar = spawn('tar', ['xz', '--strip-components=1', '-C', folder], {
          stdio: ['pipe', 'inherit', 'inherit'],
        });
        const closed = once(tar, 'close');
        await pipeline(archive, tar.stdin);
        assert.deepEqual(await closed, [0, null]);
        const { stdout } = spawnSync('sh', ['-c', 'sha256sum < large | diff - sum'], { cwd: folder });
        assert.equal(String(stdout), '');
      } finally {
        await rm(folder, { recursive: true });
        await run(engine, target, 'rm -f ~/large ~/sum');
      }
    });

    test('creating a desktop that is aborted at any step leaves nothing', async () => {
      for (const last of ['home', 'create', 'display', 'window_manager'] as const) {
        const before = await under().objects();
        const abort = new AbortController();
        const spec = desktopSpec(under(), hermes);
        const making = under().engine.makeDesktop(
          spec,
          (step) => step === last && abort.abort(new Error('changed my mind')),
          abort.signal,
        );
        await assert.rejects(making, /changed my mind/, last);
        assert.deepEqual(await under().objects(), before, last);
      }
    });

    test('creating a desktop whose image does not exist fails with a reason and leaves nothing', async () => {
      const before = await under().objects();
      const spec = desktopSpec(under(), hermes, { image: 'localhost/deskpod/nothing-here:1' });
      await assert.rejects(
        under().engine.makeDesktop(spec, () => undefined, patience()),
        failsWith('app_unavailable'),
      );
      assert.deepEqual(await under().objects(), before);
    });

    test('a desktop never runs as root', async () => {
      const spec = desktopSpec(under(), { ...hermes, uid: 0 });
      await assert.rejects(
        under().engine.makeDesktop(spec, () => undefined, patience()),
        failsWith('invalid_request'),
      );
    });

    test('a second desktop with the same id is a conflict and does not affect the first', async () => {
      const { engine } = under();
      await using first = await aDesktop(under(), hermes);
      const spec = { ...desktopSpec(under(), hermes), id: first.id };
      await assert.rejects(
        engine.makeDesktop(spec, () => undefined, patience()),
        failsWith('conflict'),
      );
      assert.equal((await run(engine, { desktopId: first.id }, 'echo fine')).output, 'fine');
      assert.ok((await engine.credentials(first.id)).vncPassword.length > 0);
    });

    test('containers created by others are neither listed nor changed, even with the name of a desktop', async () => {
      const { engine } = under();
      const spec = desktopSpec(under(), hermes);
      await using foreign = await under().foreign(spec.id);
      await assert.rejects(
        engine.makeDesktop(spec, () => undefined, patience()),
        failsWith('conflict'),
      );
      assert.equal(
        (await engine.desktops()).some(({ id }) => id === spec.id),
        false,
      );
      await engine.removeDesktop(spec.id, patience());
      await engine.removeLaunch(spec.id);
      await engine.stopLaunch(spec.id, 0, patience());
      await assert.rejects(engine.environment(spec.id), failsWith('not_found'));
      assert.ok(await foreign.untouched());
    });

    test('a killed X server restarts with the same credentials', async () => {
      const { engine } = under();
      await using made = await aDesktop(under(), hermes);
      const { xCookie } = await engine.credentials(made.id);
      await run(engine, { desktopId: made.id }, 'pkill -9 -x Xvnc');
      const alive = await eventually('the screen is back', async () => {
        const screen = await engine.connect(made.id, 'screen', patience()).catch(() => null);
        const [banner] =
          (await screen
            ?.take(1)
            .toArray()
            .catch(() => [])) ?? [];
        screen?.destroy();
        return banner === undefined ? null : String(banner);
      });
      assert.match(alive, /^RFB/);
      assert.equal((await engine.credentials(made.id)).xCookie, xCookie);
      assert.ok((await engine.desktops()).some(({ id, state }) => id === made.id && state === 'running'));
    });

    test('watching reports a desktop and its launches when they are created, change and end', async () => {
      const { engine } = under();
      await using watch = watching(engine);
      const { events } = watch;
      // Events before the watch has started are not guaranteed. A first desktop shows that it has.
      await eventually('the watch begins', async () => {
        const sign = await aDesktop(under(), hermes);
        await sign[Symbol.asyncDispose]();
        return events.length > 0 ? true : null;
      });
      await using made = await aDesktop(under(), hermes);
      const { id, desktop } = made;
      const launch = await script(under(), desktop, 'exit 4');
      const seen = (what: string, test: (event: EngineEvent) => boolean) =>
        eventually(what, async () => (events.some(test) ? true : null));
      await seen(
        'desktop',
        (event) => event.type === 'desktop' && event.desktop.id === id && event.desktop.state === 'running',
      );
      await seen('end of launch', (event) => {
        return (
          event.type === 'launch' &&
          event.launch.id === launch.id &&
          event.launch.status.state === 'finished' &&
          event.launch.status.exitCode === 4
        );
      });
      await engine.removeLaunch(launch.id);
      await seen(
        'launch gone',
        (event) => event.type === 'launch_gone' && event.id === launch.id && event.desktopId === id,
      );
      await engine.removeDesktop(id, patience());
      await seen('desktop gone', (event) => event.type === 'desktop_gone' && event.id === id);
    });
  });
}
