/** axe, the checker of accessibility, on a page in both themes. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Person } from './person.ts';

const AXE = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const THEMES = ['light', 'dark'] as const;
type Theme = (typeof THEMES)[number];
/** A small phone. */
export const PHONE = { width: 375, height: 667 };

/** Resolves when the page has the theme, and no colour is changing any more. */
export async function turns({ page }: Person, colorScheme: Theme): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.locator(`html[data-theme="${colorScheme}"]`).waitFor({ state: 'attached' });
  await page.evaluate(async () => {
    // Those that go on for ever are bars and rings of progress.
    const ending = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map(({ finished }) => finished));
  });
}

/** Fails with the violations that axe finds, `view` and the theme. With a size, also if the page is wider than that. */
export async function isClean(
  person: Person,
  view: string,
  themes: readonly Theme[] = THEMES,
  size: typeof PHONE | null = null,
): Promise<void> {
  const before = person.page.viewportSize();
  if (size !== null) await person.page.setViewportSize(size);
  for (const theme of themes) {
    await turns(person, theme);
    await person.page.evaluate(`${AXE}; 0`);
    const found = await person.page.evaluate('axe.run().then(({ violations }) => JSON.stringify(violations, null, 1))');
    assert.equal(found, '[]', `${view}, ${theme}`);
    await person.photograph(`${view.replaceAll(' ', '-')}-${theme}`);
  }
  if (size === null) return;
  assert.equal(await person.page.evaluate('document.documentElement.scrollWidth'), size.width, `the width of ${view}`);
  if (before !== null) await person.page.setViewportSize(before);
}
