/** A user with a browser: a real Chromium with a profile of its own, and the actions in the product. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Browser,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
  type Request,
} from 'playwright-core';
import type { Product } from './product.ts';
import { SCREENSHOTS } from './product.ts';

const CHROMIUM = '/usr/bin/chromium';
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** Two busy cores: a desktop that takes half a second when idle can take many seconds during a build. */
const PATIENCE_MS = 60_000;
/** The image of an app may have to be built first. */
const WINDOW_MS = 5 * PATIENCE_MS;
const MOST_VISITS = 5;
const PERMISSIONS = ['clipboard-read', 'clipboard-write'];

export const missingBrowser = existsSync(CHROMIUM) ? false : `${CHROMIUM} is not installed`;

/** A browser without a page yet. */
export async function openBrowser(...more: readonly string[]): Promise<Browser> {
  const args = [...ARGS, ...more];
  return await chromium.launch({ executablePath: CHROMIUM, headless: true, args, timeout: PATIENCE_MS });
}

export class Person implements AsyncDisposable {
  readonly page: Page;
  readonly #browser: Browser;
  /** Errors in the browser console, except those of the first request for a session. */
  readonly complaints: string[] = [];

  private constructor(browser: Browser, page: Page) {
    this.#browser = browser;
    this.page = page;
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !isExpected(message.text(), message.location().url))
        this.complaints.push(message.text());
    });
  }

  static async at(
    product: Pick<Product, 'address'>,
    viewport = { width: 1280, height: 800 },
    more: BrowserContextOptions = {},
    /** Closed with the person. */
    opened?: Browser,
  ): Promise<Person> {
    const browser = opened ?? (await openBrowser());
    const context = await browser.newContext({ viewport, permissions: PERMISSIONS, ...more });
    const person = new Person(browser, await context.newPage());
    await visit(person.page, product.address);
    return person;
  }

  /** What this page may use besides the clipboard, from now on. */
  async allows(permissions: readonly string[]): Promise<void> {
    await this.page.context().clearPermissions();
    await this.page.context().grantPermissions([...PERMISSIONS, ...permissions]);
  }

  find(test: string, more = ''): Locator {
    return this.page.locator(`[data-test="${test}"]${more}`);
  }

  async logIn(name: string, password: string): Promise<void> {
    await this.find('login-name').fill(name);
    await this.find('login-password').fill(password);
    await this.find('login-submit').click();
  }

  /** Waits until the screen shows pixels. */
  async seesDesktop(): Promise<void> {
    await this.page.locator('html[data-screen="connected"]').waitFor({ state: 'attached' });
    await this.find('starting').waitFor({ state: 'detached' });
  }

  async search(words: string): Promise<Locator> {
    await this.page.keyboard.press('Control+Space');
    await this.find('search-input').fill(words);
    return this.find('search-result');
  }

  /** Starts an app by search and waits for its window. */
  async starts(app: string): Promise<void> {
    await this.search(app);
    await this.find('search-result', `[data-kind="app"][data-app="${app}"]`).first().click();
    await this.seesWindowOf(app);
  }

  async seesWindowOf(app: string): Promise<void> {
    await this.find('dock-app', `[data-app="${app}"][data-phase="running"]:not([data-windows="0"])`).waitFor({
      timeout: WINDOW_MS,
    });
  }

  /** Activates an app's window through the dock and waits until the bar shows its title. */
  async turnsTo(app: string, title: string): Promise<void> {
    await this.find('dock-app', `[data-app="${app}"]`).click();
    await this.find('window-title').filter({ hasText: title }).waitFor();
  }

  async opens(page: string): Promise<void> {
    if (!(await this.find('settings').isVisible())) {
      await this.find('menu-button').click();
      await this.find('menu-settings').click();
    }
    await this.find(`page-${page}`).click();
  }

  task(appName: string): Locator {
    return this.find('task').filter({ hasText: appName });
  }

  /** The pixels of a part of the remote screen as they are shown, with the videos on it, as RGB triples. */
  async pixels(part?: { x: number; y: number; width: number; height: number }): Promise<Uint8Array> {
    const base64 = await this.page.evaluate((area) => {
      const canvas = document.querySelector<HTMLCanvasElement>('[data-test="screen"] canvas');
      if (!canvas) return '';
      const { x, y, width, height } = area ?? { x: 0, y: 0, width: canvas.width, height: canvas.height };
      const copy = new OffscreenCanvas(width, height).getContext('2d');
      copy?.drawImage(canvas, x, y, width, height, 0, 0, width, height);
      const around = canvas.getBoundingClientRect();
      for (const video of document.querySelectorAll<HTMLCanvasElement>('[data-test="video"][data-shown]')) {
        const { left, top } = video.getBoundingClientRect();
        copy?.drawImage(video, Math.round(left - around.left) - x, Math.round(top - around.top) - y);
      }
      const data = copy?.getImageData(0, 0, width, height).data ?? new Uint8ClampedArray();
      let text = '';
      for (let at = 0; at < data.length; at += 4)
        text += String.fromCharCode(data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0);
      return btoa(text);
    }, part);
    return Buffer.from(base64, 'base64');
  }

  /** Waits until the pixels of the screen match; checks again after each repaint of the browser, or a second. */
  async seesPixels(what: string, fits: (pixels: Uint8Array) => boolean): Promise<void> {
    const until = performance.now() + PATIENCE_MS;
    while (performance.now() < until) {
      if (fits(await this.pixels())) return;
      await this.page.evaluate(
        () =>
          new Promise((resolve) => {
            requestAnimationFrame(resolve);
            setTimeout(resolve, 1_000);
          }),
      );
    }
    await this.photograph('never-seen');
    assert.fail(`never saw ${what}`);
  }

  async photograph(name: string): Promise<void> {
    mkdirSync(SCREENSHOTS, { recursive: true });
    await this.page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}

/** The page looks for new files while the image of the files service may still be built. */
function isExpected(text: string, url: string): boolean {
  return (
    /status of 4\d\d|net::ERR_|WebSocket|Failed when connecting/.test(text) ||
    (/status of 503/.test(text) && /\/files\b/.test(url))
  );
}

/** Chromium aborts a page load when a network interface is added or removed, as with desktops' networks: retry once. */
async function visit(page: Page, address: string): Promise<void> {
  for (let attempt = 0; attempt < MOST_VISITS; attempt += 1) {
    let dropped = false;
    const note = (request: Request): void => {
      dropped ||= request.failure()?.errorText === 'net::ERR_NETWORK_CHANGED';
    };
    page.on('requestfailed', note);
    await page.goto(address);
    page.off('requestfailed', note);
    if (!dropped) return;
  }
}

/** Counts the pixels within `tolerance` of a colour. */
export function count(pixels: Uint8Array, [r, g, b]: readonly [number, number, number], tolerance = 12): number {
  let found = 0;
  for (let at = 0; at < pixels.length; at += 3) {
    const near = (value: number | undefined, wanted: number): boolean => Math.abs((value ?? 0) - wanted) <= tolerance;
    if (near(pixels[at], r) && near(pixels[at + 1], g) && near(pixels[at + 2], b)) found += 1;
  }
  return found;
}

/** Counts the pixels that differ noticeably. */
export function difference(before: Uint8Array, after: Uint8Array): number {
  let changed = Math.abs(before.length - after.length) / 3;
  for (let at = 0; at + 2 < Math.min(before.length, after.length); at += 3) {
    const distance = [0, 1, 2].reduce(
      (sum, channel) => sum + Math.abs((before[at + channel] ?? 0) - (after[at + channel] ?? 0)),
      0,
    );
    if (distance > 48) changed += 1;
  }
  return changed;
}
