/**
 * The display on a real X server and window manager: the window list, the launch of each window, and window actions.
 */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { XConnection } from '#display/connection.ts';
import { openDisplay } from '#display/open.ts';
import { waitForWindowManager } from '#display/ready.ts';
import type { Display, XClient } from '#domain/ports/display.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { Window, WindowAction } from '#protocol/window.ts';
import { type Lab, missing, openLab, type RealDesktop, until } from './real-desktop.ts';

const seconds = (count: number): AbortSignal => AbortSignal.timeout(count * 1000);

/** Resolves to the list once it matches. */
function windows(
  open: Display,
  what: string,
  ask: (windows: readonly Window[]) => boolean,
): Promise<readonly Window[]> {
  if (ask(open.windows)) return Promise.resolve(open.windows);
  return until(what, (tell) => open.onChange(tell), ask);
}

async function only(open: Display): Promise<Window> {
  const [window] = await windows(open, 'one window', (all) => all.length === 1);
  assert.ok(window);
  return window;
}

suite('the display of a desktop', { skip: missing, timeout: 10 * 60_000 }, () => {
  let lab: Lab;
  before(async () => {
    lab = await openLab();
  });
  after(() => lab?.[Symbol.asyncDispose]());

  test('a window is listed with its title, class and launch, which is found from the process that opened it', async () => {
    await using desktop = await lab.managed();
    const asked: XClient[] = [];
    await using open = await desktop.display(async (client) => {
      asked.push(client);
      return desktop.launchOf(client);
    });
    const mapped = until<Window>(
      'mapped',
      (tell) => open.onMapped(tell),
      () => true,
    );
    const xterm = await desktop.start(['xterm', '-T', 'Grüße']);
    const first = await mapped;
    assert.deepEqual([first.title, first.wmClass, first.launchId], ['Grüße', 'xterm.XTerm', xterm.launchId]);
    assert.equal(asked.length, 1);
    assert.ok(asked[0]?.machine);
    assert.equal((await only(open)).id, first.id);
    await xterm.stop();
    await windows(open, 'an empty list', (all) => all.length === 0);
  });

  test('windows that were open before are listed at once, with their launches', async () => {
    await using desktop = await lab.managed();
    await using before = await desktop.display();
    const { launchId } = await desktop.start(['xterm', '-T', 'old']);
    await only(before);
    await using open = await desktop.display();
    assert.equal(open.windows[0]?.title, 'old');
    assert.equal(open.windows[0]?.launchId, launchId);
  });

  test('a window has no launch if the engine cannot find one', async () => {
    await using desktop = await lab.managed();
    await using open = await desktop.display(() => Promise.reject(new Error('the engine is away')));
    await desktop.start(['xterm']);
    assert.equal((await only(open)).launchId, null);
  });

  test('a window fills an area without a frame, and gets its frame and place back, also from another connection', async () => {
    await using desktop = await lab.managed();
    await using open = await desktop.display();
    await using x = await geometry(desktop);
    await desktop.start(['xterm']);
    const { id } = await only(open);
    const original = await place(x, id);
    await open.act(id, { action: 'pop_out', area: { x: 300, y: 100, width: 500, height: 400 } });
    await settled(x, id, ({ width }) => width !== original.width);
    await using other = await desktop.display();
    await only(other);
    await other.act(id, { action: 'pull_back' });
    const isBack = (now: typeof original): boolean =>
      near(now.x, original.x) && near(now.y, original.y) && near(now.width, original.width);
    await settled(x, id, isBack);
    await other.act(id, { action: 'pull_back' });
    assert.ok(isBack(await place(x, id)));
    await open.act(id, { action: 'move', area: { x: 400, y: 200, width: 600, height: 500 } });
    await settled(x, id, (now) => now.x >= 400 && now.y >= 200 && near(now.width, original.width));
  });

  test('windows can be minimised, activated, placed, restored and closed', async () => {
    await using desktop = await lab.managed();
    await using open = await desktop.display();
    await using x = await geometry(desktop);
    const xterm = await desktop.start(['xterm']);
    const { id } = await only(open);
    const act = (action: WindowAction): Promise<void> => open.act(id, action);

    await act({ action: 'minimise' });
    await windows(open, 'minimised', ([window]) => window?.minimised === true);
    await act({ action: 'activate' });
    await windows(open, 'active again', ([window]) => window?.minimised === false && window.active);

    const original = await place(x, id);
    await act({ action: 'place', placement: 'right' });
    const right = await settled(x, id, ({ x }) => x >= 500);
    assert.ok(right.x + right.width <= 1000);
    await act({ action: 'place', placement: 'left' });
    await settled(x, id, ({ x, width }) => x < 20 && width <= 500);
    await act({ action: 'place', placement: 'maximise' });
    await settled(x, id, ({ width }) => width > 950);
    await act({ action: 'place', placement: 'restore' });
    await settled(x, id, ({ width }) => width <= 500);
    await act({ action: 'place', placement: 'restore' });
    await settled(
      x,
      id,
      ({ x, y, width }) => near(x, original.x) && near(y, original.y) && near(width, original.width),
    );
    await act({ action: 'place', placement: 'restore' });
    await windows(open, 'minimised when there is nothing to restore', ([window]) => window?.minimised === true);

    await act({ action: 'close' });
    await xterm.ended();
    await windows(open, 'an empty list', (all) => all.length === 0);
    await assert.rejects(
      act({ action: 'activate' }),
      (error) => error instanceof DeskpodError && error.code === 'not_found',
    );
  });

  test('a title that changes continuously is reported at most once per 30 ms', async () => {
    await using desktop = await lab.managed();
    await using open = await desktop.display();
    const times: number[] = [];
    open.onChange(() => times.push(performance.now()));
    const script = 'i=0; while [ $i -lt 3000 ]; do printf "\\033]0;%d\\007" $i; i=$((i+1)); done; exec sleep 30';
    await desktop.start(['xterm', '-e', 'sh', '-c', script]);
    await windows(open, 'the last title', ([window]) => window?.title === '2999');
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    assert.ok(Math.min(...gaps) >= 25, `the smallest gap is ${Math.min(...gaps)} ms`);
  });

  test('two displays in one process have separate atoms', async () => {
    await using first = await lab.managed();
    await using second = await lab.bare('another-lab');
    // Interns other atoms first, so that the numbers differ from those of the first server.
    await using x = await geometry(second);
    await x.connection.internAtom('DESKPOD_TEST_A');
    await second.startWindowManager();
    await waitForWindowManager(second.connectDisplay, second.xCookie, seconds(10));
    await using a = await first.display();
    await using b = await second.display();
    await first.start(['xterm', '-T', 'one']);
    await second.start(['xterm', '-T', 'two']);
    assert.deepEqual([(await only(a)).title, (await only(b)).title], ['one', 'two']);
  });

  test('the end of the X server is reported once, and later requests fail', async () => {
    await using desktop = await lab.managed();
    await using open = await desktop.display();
    await desktop.start(['xterm']);
    const { id } = await only(open);
    let told = 0;
    const closed = new Promise<void>((resolve) =>
      open.onClose(() => {
        told += 1;
        resolve();
      }),
    );
    await desktop.killServer();
    await closed;
    await assert.rejects(open.act(id, { action: 'activate' }), DeskpodError);
    assert.equal(told, 1);
  });

  test('a wrong cookie is refused with the reason that the server gives', async () => {
    await using desktop = await lab.bare();
    const opening = openDisplay(
      { connect: desktop.connectDisplay, xCookie: '00'.repeat(16), launchOf: async () => null },
      seconds(5),
    );
    await assert.rejects(opening, (error) => error instanceof DeskpodError && error.code === 'engine_unavailable');
  });

  test('waiting for a window manager ignores the properties that a killed one left behind', async () => {
    await using desktop = await lab.bare();
    const wait = (ms: number): Promise<void> =>
      waitForWindowManager(desktop.connectDisplay, desktop.xCookie, AbortSignal.timeout(ms));
    await assert.rejects(wait(300), (error) => error instanceof DeskpodError && error.code === 'timeout');
    await desktop.startWindowManager();
    await wait(10_000);
    await wait(1000);
    await desktop.killWindowManager();
    await assert.rejects(wait(300), (error) => error instanceof DeskpodError && error.code === 'timeout');
    await desktop.startWindowManager();
    await wait(10_000);
  });

  test('waiting for a window manager also waits for a display that does not exist yet', async () => {
    await using desktop = await lab.bare();
    await desktop.startWindowManager();
    let refusals = 3;
    const connect = (): ReturnType<RealDesktop['connectDisplay']> =>
      refusals-- > 0 ? Promise.reject(new Error('connect ENOENT')) : desktop.connectDisplay();
    await waitForWindowManager(connect, desktop.xCookie, seconds(10));
  });
});

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

interface Geometry extends AsyncDisposable {
  readonly connection: XConnection;
}

/** A separate connection that reads the actual positions of windows. */
async function geometry(desktop: RealDesktop): Promise<Geometry> {
  const connection = await XConnection.open(await desktop.connectDisplay(), desktop.xCookie, seconds(10));
  return { connection, [Symbol.asyncDispose]: async () => connection.close() };
}

async function place({ connection }: Geometry, id: number): Promise<Place> {
  const [origin, size] = await Promise.all([connection.origin(id), connection.geometry(id)]);
  assert.ok(origin && size, 'the window does not exist');
  return { x: origin.destX, y: origin.destY, width: size.width };
}

/** Polls, because the window manager works asynchronously and reports no progress. */
async function settled(x: Geometry, id: number, ask: (place: Place) => boolean): Promise<Place> {
  for (let tries = 0; ; tries++) {
    const now = await place(x, id);
    if (ask(now)) return now;
    assert.ok(tries < 2000, `the window is at ${JSON.stringify(now)}`);
  }
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= 12;
}
