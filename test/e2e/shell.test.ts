/**
 * The shell around the desktop: dock, keyboard control of windows, themes, reconnects, and accessibility checked by
 * axe.
 */
import assert from 'node:assert/strict';
import { after, before, suite, test, type TestContext } from 'node:test';
import { isClean, turns } from './axe.ts';
import { missingBrowser, Person } from './person.ts';
import { Product } from './product.ts';

const INSIDE = ['containers', 'namespaces', 'processes', 'sockets', 'environment', 'describe', 'yaml'] as const;
/** A part of the upper left window, between its border and its title. */
const TITLE = { x: 20, y: 10, width: 60, height: 8 };
const WALLPAPER = { x: 1200, y: 600, width: 20, height: 20 };

suite('the shell around the desktop', { skip: missingBrowser, timeout: 10 * 60_000 }, () => {
  let product: Product;
  let leela: Person;

  before(async () => {
    product = await Product.start();
    leela = await Person.at(product);
  });
  after(async () => {
    await product?.clear();
    await leela?.[Symbol.asyncDispose]();
    await product?.[Symbol.asyncDispose]();
  });

  /** The mean of all channels. */
  async function brightness(part: typeof TITLE): Promise<number> {
    const pixels = await leela.pixels(part);
    return pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
  }

  async function dock(app: string): Promise<{ phase: string | null; windows: string | null; dots: number }> {
    const cell = leela.find('dock-app', `[data-app="${app}"]`);
    return {
      phase: await cell.getAttribute('data-phase'),
      windows: await cell.getAttribute('data-windows'),
      dots: await cell.locator('.dock-dots i').count(),
    };
  }

  test('axe finds no violations on the login page', () => isClean(leela, 'login'));

  test('a launch in progress shows a ring in the dock until its first window opens', async () => {
    await leela.logIn('leela', 'leela');
    await leela.seesDesktop();
    const phases = leela.page.evaluate(
      () =>
        new Promise<string[]>((resolve) => {
          const seen: string[] = [];
          const look = (): void => {
            const cell = document.querySelector<HTMLElement>('[data-test="dock-app"][data-app="terminal"]');
            const phase = cell?.dataset['phase'];
            const ring = cell && getComputedStyle(cell, '::before').content !== 'none' ? ' with a ring' : '';
            if (phase && seen.at(-1) !== phase + ring) seen.push(phase + ring);
            if (phase === 'running' && cell?.dataset['windows'] === '1') resolve(seen);
            else requestAnimationFrame(look);
          };
          look();
        }),
    );
    await leela.starts('terminal');
    assert.deepEqual((await phases).slice(0, 1), ['starting with a ring']);
    assert.equal((await phases).at(-1), 'running');
    assert.deepEqual(await dock('terminal'), { phase: 'running', windows: '1', dots: 1 });
  });

  test('axe finds no violations on the desktop, search and tasks', async () => {
    await isClean(leela, 'desktop');
    await leela.search('2048');
    await isClean(leela, 'search');
    await leela.page.keyboard.press('Escape');
    await leela.opens('tasks');
    await leela.find('task').first().click();
    await leela.find('task-detail').waitFor();
    await isClean(leela, 'tasks');
    await leela.find('settings-close').click();
  });

  test('axe finds no violations in the inspect pages, and nothing overflows', async () => {
    await leela.find('menu-button').click();
    await leela.find('menu-inspect').click();
    await leela.find('diagram').waitFor();
    for (const view of INSIDE) {
      await leela.find(`inspect-${view}`).click();
      await leela.page.locator('[data-page] :is(table, .diagram, pre)').first().waitFor();
      await isClean(leela, `inspect ${view}`);
      const cut = await leela.page.locator('[data-page]').evaluate((page) => page.scrollWidth - page.clientWidth);
      assert.equal(cut, 0, `${view} is wider than its sheet`);
    }
    await leela.find('inspect-containers').click();
    await leela.find('inspect-toolbox').click();
    await leela.find('toolbox-start').waitFor();
    await isClean(leela, 'toolbox');
    await leela.page.keyboard.press('Escape');
    await leela.find('inspect-close').click();
    await leela.opens('debug-sessions');
    await leela.page.locator('[data-page="debug-sessions"] :is(table, [data-test="blank"])').first().waitFor();
    await isClean(leela, 'debug sessions');
    await leela.find('settings-close').click();
  });

  test("windows and wallpaper of the desktop follow the shell's light and dark themes", async () => {
    for (const theme of ['light', 'dark', 'light'] as const) {
      await turns(leela, theme);
      const fits = (value: number): boolean => (theme === 'light' ? value > 180 : value < 90);
      for (const part of [TITLE, WALLPAPER]) {
        const until = performance.now() + 30_000;
        while (!fits(await brightness(part)))
          assert.ok(performance.now() < until, `${theme}: ${await brightness(part)} at ${part.x}, ${part.y}`);
      }
    }
  });

  test('the dock menu opens a second window, activates either one and stops the app', async () => {
    const cell = leela.find('dock-app', '[data-app="terminal"]');
    await cell.click({ button: 'right' });
    await leela.find('dock-menu-open').click();
    await leela.find('dock-app', '[data-app="terminal"][data-windows="2"]').waitFor();
    assert.equal((await dock('terminal')).dots, 2);
    await leela.starts('2048-qt');
    await leela.find('window-title').filter({ hasText: '2048' }).waitFor();
    await cell.click({ button: 'right' });
    assert.equal(await leela.find('dock-menu-window').count(), 2);
    await leela.find('dock-menu-window').first().click();
    await leela.find('window-title').filter({ hasText: 'Terminal' }).waitFor();
    await cell.click({ button: 'right' });
    await leela.find('dock-menu-stop').click();
    await cell.waitFor({ state: 'detached' });
  });

  test('a click in the dock minimises and restores the active window, and so do keys', async () => {
    const cell = leela.find('dock-app', '[data-app="2048-qt"]');
    const minimised = leela.find('dock-menu-window').filter({ hasText: /minimised/i });
    await leela.find('window-title').filter({ hasText: '2048' }).waitFor();
    const isMinimised = async (wanted: boolean): Promise<void> => {
      await cell.click({ button: 'right' });
      await minimised.waitFor({ state: wanted ? 'visible' : 'detached' });
      await leela.page.keyboard.press('Escape');
    };
    await cell.click();
    await isMinimised(true);
    await cell.click();
    await isMinimised(false);
    await leela.page.keyboard.press('Control+Alt+ArrowDown');
    await isMinimised(true);
    await cell.click();
    await isMinimised(false);
  });

  test('the desktop is unchanged after a reload and after a reconnect', async (t: TestContext) => {
    const measured = async (what: string, come: () => Promise<unknown>): Promise<void> => {
      await come();
      const since = performance.now();
      await leela.seesDesktop();
      t.diagnostic(`${what}: ${Math.round(performance.now() - since)} ms`);
      await leela.seesWindowOf('2048-qt');
    };
    await measured('after a reload', () => leela.page.reload());
    await leela.find('menu-button').click();
    await leela.find('menu-disconnect').click();
    await leela.find('login').waitFor();
    assert.ok(await leela.find('farewell').isVisible());
    await measured('after logging in again', () => leela.logIn('leela', 'leela'));
    const { trace } = await leela.page.evaluate(async () => (await fetch('/api/v1/desktop')).json());
    assert.equal(trace.kind, 'warm');
    t.diagnostic(`warm start as the server saw it: ${Math.round(trace.totalMs)} ms`);
  });

  test('a guest logs in without a name, and as a new guest each time', async () => {
    const ids = new Set<string>();
    for (let visit = 0; visit < 2; visit += 1) {
      await using guest = await Person.at(product);
      await guest.find('tab-anonymous').click();
      await guest.find('login-guest').click();
      await guest.seesDesktop();
      const { user } = await guest.page.evaluate(async () => (await fetch('/api/v1/session')).json());
      ids.add(user.id);
    }
    assert.equal(ids.size, 2);
    assert.ok(!ids.has('leela'));
  });

  test('the browser console has no errors', () => {
    assert.deepEqual(leela.complaints, []);
  });
});
