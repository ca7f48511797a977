/** The engine contract, desktops: made whole or not at all, found again, watched, removed without a trace. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { EngineEvent } from '#domain/engine.ts';
import {
  aDesktop,
  desktopSpec,
  eventually,
  failsWith,
  hermes,
  patience,
  run,
  script,
  type EngineUnderTest,
} from './engine-kit.ts';

export function desktopPromises(under: () => EngineUnderTest): void {
  describe('desktops', () => {
    test('a new desktop shows a screen, has a window manager and is listed', async () => {
      const { engine } = under();
      const steps: string[] = [];
      const regional = { timezone: 'Europe/Vienna', locale: 'de-AT' };
      const spec = desktopSpec(under(), hermes, { regional });
      const made = await engine.makeDesktop(spec, (step) => steps.push(step), patience());
      try {
        assert.deepEqual(steps, ['home', 'create', 'display', 'window_manager']);
        assert.equal(made.state, 'running');
        assert.equal(made.userId, 'hermes');
        const screen = await engine.connect(made.id, 'screen', patience());
        const [banner] = await screen.take(1).toArray();
        screen.destroy();
        assert.match(String(banner), /^RFB 003\./);
        const listed = (await engine.desktops()).find(({ id }) => id === made.id);
        assert.deepEqual([listed?.state, listed?.regional], ['running', regional], 'which any server reads again');
        assert.match((await engine.credentials(made.id)).xCookie, /^[0-9a-f]{32}$/);
      } finally {
        await engine.removeDesktop(made.id, patience());
      }
    });

    test('removing a desktop leaves nothing but the home, and removing it again is fine', async () => {
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

    test('making a desktop that is aborted leaves nothing, at whichever step', async () => {
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

    test('a desktop whose image does not exist fails with a reason and leaves nothing', async () => {
      const before = await under().objects();
      const spec = desktopSpec(under(), hermes, { image: 'localhost/deskpod/nothing-here:1' });
      await assert.rejects(
        under().engine.makeDesktop(spec, () => undefined, patience()),
        failsWith('app_unavailable'),
      );
      assert.deepEqual(await under().objects(), before);
    });

    test('a desktop is never made for root', async () => {
      const spec = desktopSpec(under(), { ...hermes, uid: 0 });
      await assert.rejects(
        under().engine.makeDesktop(spec, () => undefined, patience()),
        failsWith('invalid_request'),
      );
    });

    test('a second desktop of the same id is a conflict that does not disturb the first', async () => {
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

    test('what others made is neither listed nor touched, even under the name of a desktop', async () => {
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

    test('a killed X server is started again under the same credentials', async () => {
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

    test('watching tells of a desktop and its launches as they come, end and go', async () => {
      const { engine } = under();
      const stop = new AbortController();
      const events: EngineEvent[] = [];
      const watching = (async () => {
        for await (const event of engine.watch(stop.signal)) events.push(event);
      })();
      // Until the watch has begun, nothing is promised: a first desktop is the sign that it has.
      await eventually('the watch begins', async () => {
        const sign = await aDesktop(under(), hermes);
        await sign[Symbol.asyncDispose]();
        return events.length > 0 ? true : null;
      });
      const { id, desktop } = await aDesktop(under(), hermes);
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
      stop.abort();
      await watching;
    });
  });
}
