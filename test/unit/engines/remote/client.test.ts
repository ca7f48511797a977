/** Both halves together: calls, reports, aborts, errors, and an engine process that is gone. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import type { AppImage, DesktopReport, DesktopSpec, EngineEvent, ImageInfo } from '#domain/ports/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { SystemWarning } from '#protocol/system.ts';
import { openRemoteEngine } from '#engines/remote/client.ts';
import { FakeEngine } from '../../../fakes/engine.ts';
import { failsWith } from '../../../fixtures/fails-with.ts';
import { eventually, halves, halvesOf, soon } from './kit.ts';
import { DESKTOP, LAUNCH } from './samples.ts';

test('methods answer what the engine answers, also when that is nothing', async () => {
  await using both = await halves();
  const { remote, engine } = both;
  const steps: string[] = [];
  const made = await remote.makeDesktop(DESKTOP, (step) => steps.push(step), soon());
  assert.deepEqual(made, engine.desktopsById.get(DESKTOP.id));
  assert.deepEqual(steps, ['home', 'create', 'display', 'window_manager']);
  const launch = await remote.launch(LAUNCH, () => undefined, soon());
  assert.deepEqual(engine.launchesById.get(LAUNCH.id), { spec: LAUNCH, launch });
  assert.deepEqual(remote.capabilities, engine.capabilities);
  assert.deepEqual(await remote.info(), await engine.info());
  assert.deepEqual(await remote.desktops(), [made]);
  assert.deepEqual(await remote.launches('other-00000'), []);
  assert.deepEqual(await remote.launches(), [launch]);
  assert.deepEqual(await remote.debug.profiles({ desktopId: made.id }), await engine.debug.profiles());
  assert.equal(await remote.findLaunch(made.id, 'none'), null);
  assert.equal(await remote.image('Not a name!'), null);
  assert.equal(await remote.homeBytes(made.id), null);
  assert.equal(await remote.launchOfProcess(made.id, 7), null);
  assert.equal(await remote.ready(), undefined);
  assert.equal(await remote.removeDesktop(made.id, soon()), undefined);
  assert.equal(engine.desktopsById.size, 0);
});

test('an error arrives with its code, message, field, remedy and the words of its cause', async () => {
  await using both = await halves();
  const more = { field: 'spec.image', remedy: 'Wait.', cause: new Error('no disk') };
  both.engine.failNext.launch = new DeskpodError('limit_reached', 'Full.', more);
  await assert.rejects(
    both.remote.launch(LAUNCH, () => undefined, soon()),
    (error) => {
      assert.ok(error instanceof DeskpodError && error.cause instanceof Error);
      assert.deepEqual(error.toBody(), new DeskpodError('limit_reached', 'Full.', more).toBody());
      assert.equal(error.cause.message, 'no disk');
      return true;
    },
  );
  assert.deepEqual(both.failures, []);
});

test('an error without a code keeps its words in the engine process, whose log has them', async () => {
  class Broken extends FakeEngine {
    override async ready(): Promise<never> {
      throw new TypeError('/root/secret is not there');
    }
  }
  await using both = await halvesOf(new Broken());
  const says = failsWith('internal_error', /log/);
  await assert.rejects(both.remote.ready(), (error) => says(error) && !String(error).includes('secret'));
  assert.deepEqual(
    both.failures.map(({ what, error }) => `${what}: ${String(error)}`),
    ['answering ready: TypeError: /root/secret is not there'],
  );
});

test('what the engine would refuse is not even sent', async () => {
  await using both = await halves();
  await both.stop();
  await assert.rejects(both.remote.removeDesktop('../x', soon()), failsWith('invalid_request', /id/));
});

test('warnings are those of the last answer', async () => {
  class Warning extends FakeEngine {
    all: SystemWarning[] = [{ text: 'No limits.', commands: [] }];
    override warnings() {
      return this.all;
    }
  }
  await using both = await halvesOf(new Warning());
  assert.deepEqual(both.remote.warnings(), both.engine.all);
  both.engine.all = [];
  await both.remote.ready();
  assert.deepEqual(both.remote.warnings(), []);
});

/** Makes desktops and images until it is told otherwise. */
class SlowEngine extends FakeEngine {
  readonly undone: string[] = [];
  readonly undoing = Promise.withResolvers<void>();
  /** Whether it heeds no signal. */
  deaf = false;
  override async makeDesktop(spec: DesktopSpec, report: DesktopReport, signal?: AbortSignal) {
    report('home', 'a disk');
    if (signal && !signal.aborted) await once(signal, 'abort');
    await this.undoing.promise;
    if (this.deaf) return super.makeDesktop(spec, () => undefined);
    this.undone.push(spec.id);
    throw signal?.reason;
  }
  override async ensureImage(_image: AppImage, report?: (line: string) => void): Promise<ImageInfo> {
    for (let line = 0; line < 20_000; line += 1) report?.(`${line} ${'x'.repeat(1_000)}`);
    throw new DeskpodError('app_unavailable', 'No such image.');
  }
}

test('an abort reaches the engine, and the call fails with its reason when the engine has undone the work', async () => {
  await using both = await halvesOf(new SlowEngine());
  const abort = new AbortController();
  const reports: unknown[] = [];
  const making = both.remote.makeDesktop(
    DESKTOP,
    (...report) => {
      reports.push(report);
      abort.abort(new Error('changed my mind'));
    },
    abort.signal,
  );
  let over = false;
  making.catch(() => (over = true));
  await both.remote.ready();
  assert.equal(over, false);
  both.engine.undoing.resolve();
  await assert.rejects(making, /changed my mind/);
  assert.deepEqual([both.engine.undone, reports], [[DESKTOP.id], [['home', 'a disk']]]);
});

test('what was made in spite of an abort is removed', async () => {
  await using both = await halvesOf(new SlowEngine());
  both.engine.deaf = true;
  both.engine.undoing.resolve();
  const abort = new AbortController();
  const making = both.remote.makeDesktop(DESKTOP, () => abort.abort(new Error('changed my mind')), abort.signal);
  await assert.rejects(making, /changed my mind/);
  assert.equal(both.engine.desktopsById.size, 0);
});

test('an aborted signal calls nothing', async () => {
  await using both = await halves();
  const reason = new Error('too late');
  await assert.rejects(
    both.remote.makeDesktop(DESKTOP, () => undefined, AbortSignal.abort(reason)),
    reason,
  );
  assert.equal(both.engine.desktopsById.size, 0);
});

test('progress that nobody has read is left out, the answer is not', async () => {
  await using both = await halvesOf(new SlowEngine());
  const lines: string[] = [];
  const image = { reference: 'x:1', app: null };
  const making = both.remote.ensureImage(image, (line) => lines.push(line), soon());
  await assert.rejects(making, failsWith('app_unavailable'));
  assert.ok(lines.length > 100 && lines.length < 5_000, `${lines.length} lines`);
  assert.match(lines[0] ?? '', /^0 x/);
});

test('without an engine process, calls fail with engine_unavailable, and succeed when there is one again', async () => {
  await using both = await halves();
  await both.stop();
  await assert.rejects(both.remote.info(), failsWith('engine_unavailable', /gone/));
  const options = {
    socket: both.socket,
    connect: () => both.engine.connect(),
    windowManagerReady: async () => undefined,
    events: { failed() {} },
  };
  await assert.rejects(openRemoteEngine(options), failsWith('engine_unavailable'));
  await both.restart();
  assert.equal((await both.remote.info()).name, 'Fake');
});

test('disposing ends all calls and leaves the engine as it is', async () => {
  class Disposed extends SlowEngine {
    disposed = false;
    override async [Symbol.asyncDispose](): Promise<void> {
      this.disposed = true;
    }
  }
  await using both = await halvesOf(new Disposed());
  both.engine.undoing.resolve();
  const started = Promise.withResolvers<void>();
  const making = both.remote.makeDesktop(DESKTOP, () => started.resolve(), soon());
  making.catch(() => undefined);
  await started.promise;
  await both.remote[Symbol.asyncDispose]();
  await assert.rejects(making, failsWith('engine_unavailable'));
  await assert.rejects(both.remote.info(), failsWith('engine_unavailable'));
  await eventually('the engine has undone it', () => both.engine.undone.length === 1);
  assert.equal(both.engine.disposed, false);
});

/** Passes on the events that a test gives it. */
class EventfulEngine extends FakeEngine {
  watches = 0;
  #next = Promise.withResolvers<EngineEvent>();
  emit(event: EngineEvent): void {
    this.#next.resolve(event);
    this.#next = Promise.withResolvers();
  }
  override async *watch(signal?: AbortSignal): AsyncGenerator<EngineEvent> {
    this.watches += 1;
    const aborted = new Promise<null>((resolve) => signal?.addEventListener('abort', () => resolve(null)));
    for (;;) {
      const event = await Promise.race([this.#next.promise, aborted]);
      if (event === null) return;
      yield event;
    }
  }
}

test('a watch reports changes, and after a restart of the engine process repeats the state and what is gone', async () => {
  await using both = await halvesOf(new EventfulEngine());
  const { engine, remote } = both;
  await engine.makeDesktop(DESKTOP, () => undefined);
  await engine.launch(LAUNCH);
  const events: string[] = [];
  const stop = new AbortController();
  const watching = (async () => {
    for await (const event of remote.watch(stop.signal))
      events.push(
        `${event.type} ${'id' in event ? event.id : 'desktop' in event ? event.desktop.id : event.launch.id}`,
      );
  })();
  await eventually('it watches', () => engine.watches === 1);
  await remote.ready();
  await eventually('it hears', () => {
    engine.emit({ type: 'launch', launch: engine.finish(LAUNCH.id) });
    return events.length > 0;
  });
  assert.equal(events[0], `launch ${LAUNCH.id}`, 'what was there before is not repeated');
  await both.stop();
  await engine.removeLaunch(LAUNCH.id);
  const other = { ...DESKTOP, id: 'leela-00000' };
  await engine.makeDesktop(other, () => undefined);
  events.length = 0;
  await both.restart();
  await eventually('it is repeated', () => events.length >= 3);
  assert.deepEqual(events, [`launch_gone ${LAUNCH.id}`, `desktop ${DESKTOP.id}`, `desktop ${other.id}`]);
  assert.match(both.failures[0]?.what ?? '', /following/);
  stop.abort();
  await watching;
});

test('a watch that begins without an engine process waits for one', async () => {
  await using both = await halvesOf(new EventfulEngine());
  await both.stop();
  const stop = new AbortController();
  const first = remoteNext(both.remote.watch(stop.signal));
  await eventually('it failed', () => both.failures.length > 0);
  await both.restart();
  const event = { type: 'desktop_gone', id: 'fry-00000' } as const;
  let heard: unknown = null;
  void first.then((value) => (heard = value));
  await eventually('it hears', () => {
    both.engine.emit(event);
    return heard !== null;
  });
  assert.deepEqual(heard, event);
  stop.abort();
});

async function remoteNext(events: AsyncIterable<EngineEvent>): Promise<EngineEvent | null> {
  for await (const event of events) return event;
  return null;
}
