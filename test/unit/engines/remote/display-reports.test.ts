/** A new desktop is ready when the server process, the only one that speaks X11, has found its window manager. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DesktopReport, DesktopSpec, EngineDesktop } from '#domain/ports/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import { DisplayReports } from '#engines/remote/display-reports.ts';
import { FakeEngine } from '../../../fakes/engine.ts';
import { CREDENTIALS } from '../../../fixtures/engine-samples.ts';
import { failsWith } from '../../../fixtures/fails-with.ts';
import { halvesOf, soon } from './kit.ts';
import { DESKTOP } from './samples.ts';

const xCookie = '0123456789abcdef0123456789abcdef';

/** Makes a desktop as the containers engine does: it waits for the window manager with the cookie. */
class Engine extends FakeEngine {
  readonly displays = new DisplayReports();
  override async credentials() {
    return { ...CREDENTIALS, xCookie };
  }
  override async makeDesktop(spec: DesktopSpec, report: DesktopReport, signal = soon()): Promise<EngineDesktop> {
    report('window_manager');
    await this.displays.waitForReport(() => assert.fail('the engine process speaks no X11'), xCookie, signal);
    return await super.makeDesktop(spec, report);
  }
}

test('the engine waits until the server process reports the window manager', async () => {
  const engine = new Engine();
  const looks: string[] = [];
  await using both = await halvesOf(engine, {
    displays: engine.displays,
    windowManagerReady: async (_connect, cookie) => void looks.push(cookie),
  });
  const { id } = await both.remote.makeDesktop(DESKTOP, () => undefined, soon());
  assert.equal(id, DESKTOP.id);
  assert.deepEqual(looks, [xCookie]);
});

test('a window manager that is not found ends the start, with the reason', async () => {
  const engine = new Engine();
  await using both = await halvesOf(engine, {
    displays: engine.displays,
    windowManagerReady: () => Promise.reject(new DeskpodError('timeout', 'There is no window manager.')),
  });
  const made = both.remote.makeDesktop(DESKTOP, () => undefined, soon());
  await assert.rejects(made, failsWith('timeout', /no window manager/));
  assert.deepEqual(await both.remote.desktops(), []);
});

test('the server process stops looking when the start fails', async () => {
  const engine = new (class extends Engine {
    override async makeDesktop(_spec: DesktopSpec, report: DesktopReport): Promise<EngineDesktop> {
      report('window_manager');
      await looking.promise;
      throw new DeskpodError('engine_unavailable', 'The desktop ended while it started.');
    }
  })();
  const looking = Promise.withResolvers<void>();
  const stopped = Promise.withResolvers<void>();
  await using both = await halvesOf(engine, {
    displays: engine.displays,
    windowManagerReady: async (_connect, _cookie, signal) => {
      signal.addEventListener('abort', () => stopped.resolve(), { once: true });
      looking.resolve();
      await stopped.promise;
    },
  });
  const made = both.remote.makeDesktop(DESKTOP, () => undefined, soon());
  await assert.rejects(made, failsWith('engine_unavailable', /ended while/));
  await stopped.promise;
});

test('a report that nobody waits for changes nothing, and what is no cookie is refused', async () => {
  const displays = new DisplayReports();
  displays.report(xCookie);
  const waiting = displays.waitForReport(() => assert.fail(), xCookie, soon());
  displays.report('f'.repeat(32));
  displays.report(xCookie);
  await waiting;
});
