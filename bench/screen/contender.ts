/** One of those that are compared: a desktop, what brings it to a browser, and that browser with its page. */
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../../test/e2e/person.ts';
import { watchStamps } from './page-stamps.ts';
import { type Display, SCREEN } from './program-kinds.ts';

/** A program's page may take as long as this until it shows its screen. */
export const SHOWN_MS = 60_000;

export interface Contender {
  readonly name: string;
  /** Of its parts, as they are named. */
  readonly version: string;
  readonly browser: Browser;
  readonly page: Page;
  readonly display: Display;
  /** TCP port that its page is served at. */
  readonly port: number;
  /** Measured with keys and clicks alone. */
  readonly onlyInput: boolean;
  /** Its processes, by what they do. The browser's aren't among them. */
  parts(): Promise<Readonly<Record<string, readonly number[]>>>;
}

export interface Missing {
  readonly name: string;
  readonly skipped: string;
}

/** A browser of its own with room for the screen of all contenders. */
export async function openPage(
  owned: AsyncDisposableStack,
  url: string,
): Promise<{ readonly browser: Browser; readonly page: Page }> {
  const browser = await openBrowser();
  owned.defer(() => browser.close());
  const page = await browser.newPage({ viewport: { width: SCREEN.width, height: SCREEN.height } });
  page.setDefaultTimeout(SHOWN_MS);
  await page.addInitScript(watchStamps);
  await page.goto(url);
  return { browser, page };
}

/** Resolves when the page shows a screen of the size that all have. */
export async function showsScreen(page: Page): Promise<void> {
  await page.waitForFunction(
    ({ width, height }) => {
      const screen = window.benchStamps.screen();
      return screen?.width === width && screen.height === height;
    },
    SCREEN,
    { timeout: SHOWN_MS },
  );
}
