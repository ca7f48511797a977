/** From a key and from a click until the page shows what a program answers, with and without a film beside it. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Contender } from './contender.ts';
import { inputToPixel } from './page-stamps.ts';
import { until } from './children.ts';
import { ANSWERS } from './program-kinds.ts';
import { runProgram } from './run-program.ts';

/** Between inputs. */
const PAUSE_MS = { least: 80, spread: 100 };
/** Until the next attempt, while the program may not have the focus. */
const TRY_MS = 1_500;
const READY_MS = 30_000;
/** Both, and what is drawn at first, have settled. */
const SETTLED_MS = 1_000;
const FILM_HEIGHT = 360;
const WARM_UP = 3;

export interface Inputs {
  readonly keys: readonly number[];
  readonly clicks: readonly number[];
}

/** In milliseconds, `count` of each. */
export async function inputs(contender: Contender, count: number): Promise<Inputs> {
  await using _ = await runProgram({ kind: 'answers', display: contender.display });
  await ready(contender);
  const found = await times(count, () => key(contender));
  return { keys: found, clicks: await times(count, () => click(contender)) };
}

export async function keys(contender: Contender, count: number): Promise<number[]> {
  await using _ = await runProgram({ kind: 'answers', display: contender.display });
  await ready(contender);
  return await times(count, () => key(contender));
}

/** Keys while a film runs elsewhere on the screen. */
export async function keysBesideFilm(contender: Contender, count: number): Promise<number[]> {
  const ms = (count + WARM_UP) * 400 + READY_MS;
  await using _ = await runProgram({ kind: 'film', height: FILM_HEIGHT, ms, display: contender.display });
  return await keys(contender, count);
}

/** The page may ignore the first inputs, as may the window manager. */
async function ready({ page }: Contender): Promise<void> {
  await page.evaluate((place) => window.benchStamps.watch(place), { x: ANSWERS.x, y: ANSWERS.y });
  const press = () => page.keyboard.press('a');
  await until('an answer to a key', READY_MS, async () => {
    await click({ page }, TRY_MS);
    await inputToPixel(page, press, TRY_MS);
  });
  await delay(SETTLED_MS);
  await times(WARM_UP, () => inputToPixel(page, press));
}

const key = ({ page }: Contender): Promise<number> => inputToPixel(page, () => page.keyboard.press('a'));

async function click({ page }: Pick<Contender, 'page'>, latestMs?: number): Promise<number> {
  const screen = await page.evaluate(() => window.benchStamps.screen());
  if (!screen) throw new Error('the page shows no screen');
  const [x, y] = [screen.x + ANSWERS.x + ANSWERS.width / 2, screen.y + ANSWERS.y + ANSWERS.height / 2];
  return await inputToPixel(page, () => page.mouse.click(x, y), latestMs);
}

async function times(count: number, measure: () => Promise<number>): Promise<number[]> {
  const found: number[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    found.push(await measure());
    await delay(PAUSE_MS.least + Math.random() * PAUSE_MS.spread);
  }
  return found;
}
