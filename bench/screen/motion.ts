/** Pictures that move, and a screen that rests: what is painted, when, and what it takes. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Contender } from './contender.ts';
import type { Seen } from './page-stamps.ts';
import { sentBetween, sentFrom } from './ports.ts';
import { filmBox, OFFICE_STAMP, PAGE, type ProgramOptions } from './program-kinds.ts';
import { quantile } from './results.ts';
import { framesOf, runProgram } from './run-program.ts';
import { MODULUS } from './stamp.ts';
import { browserPids, processorMs, wakeUps } from './use.ts';

/** Until a program's windows are painted, and a contender has got used to what moves. */
const SETTLED_MS = 1_500;
/** Until nothing of the last test is sent any more. */
const QUIET_MS = 3_000;
const IDLE_MS = 20_000;

export interface Motion {
  readonly fps: number;
  readonly frames: number;
  readonly bytes: number;
  readonly mbits: number;
  /** From drawing to painting, the median, in milliseconds. */
  readonly latency: number;
  /** In percent of a core, by part; the browser's is `browser`. */
  readonly cpu: Readonly<Record<string, number>>;
}

type Show = { readonly kind: 'scroll' | 'office' } | { readonly kind: 'film'; readonly height: number };

/** `ms`: how long it is watched; `office` has a length of its own. */
export async function motion(contender: Contender, show: Show, ms: number): Promise<Motion> {
  const { page, display } = contender;
  await delay(QUIET_MS);
  await page.evaluate((place) => window.benchStamps.watch(place), placeOf(show));
  const isWhole = show.kind === 'office';
  const options: ProgramOptions = { ...show, display, ms: isWhole ? 0 : ms + 2 * SETTLED_MS };
  const beforeShown = await look(contender);
  await using program = await runProgram(options);
  if (!isWhole) await delay(SETTLED_MS);
  const before = isWhole ? beforeShown : await look(contender);
  if (isWhole) await framesOf(program, IDLE_MS);
  else await delay(ms);
  const after = await look(contender);
  const seen = (await page.evaluate(() => window.benchStamps.take())).filter(
    ({ at }) => at >= before.at && at <= after.at,
  );
  if (seen.length === 0) throw new Error('nothing was painted');
  const seconds = (after.at - before.at) / 1000;
  const bytes = sentBetween(before.bytes, after.bytes);
  const cpu = Object.entries(after.cpu).map(([part, used]) => {
    return [part, (used - (before.cpu[part] ?? 0)) / 10 / seconds] as const;
  });
  return {
    fps: seen.length / seconds,
    frames: seen.length,
    bytes,
    mbits: (bytes * 8) / 1e6 / seconds,
    latency: quantile(seen.map(late), 0.5),
    cpu: Object.fromEntries(cpu),
  };
}

interface Look {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly bytes: ReadonlyMap<string, number>;
  /** Milliseconds of processor, by part. */
  readonly cpu: Readonly<Record<string, number>>;
}

async function look(contender: Contender): Promise<Look> {
  const parts = { ...(await contender.parts()), browser: await browserPids(contender.browser) };
  const cpu: Record<string, number> = {};
  for (const [part, pids] of Object.entries(parts)) cpu[part] = await processorMs(pids);
  return { at: Date.now(), bytes: await sentFrom(contender.port), cpu };
}

export interface Rest {
  /** In a second, as all below. */
  readonly bytes: number;
  readonly wakeUps: number;
}

/** Nothing happens on the screen. */
export async function rest(contender: Contender, ms = IDLE_MS): Promise<Rest> {
  await contender.page.evaluate(() => window.benchStamps.watch(null));
  await delay(QUIET_MS);
  const pids = Object.values(await contender.parts()).flat();
  const [bytes, wakes, begun] = [await sentFrom(contender.port), await wakeUps(pids), performance.now()];
  await delay(ms);
  const seconds = (performance.now() - begun) / 1000;
  return {
    bytes: sentBetween(bytes, await sentFrom(contender.port)) / seconds,
    wakeUps: ((await wakeUps(pids)) - wakes) / seconds,
  };
}

function placeOf(show: Show): { x: number; y: number } {
  const { x, y } = show.kind === 'film' ? filmBox(show.height) : show.kind === 'scroll' ? PAGE : OFFICE_STAMP;
  return { x, y };
}

/** Milliseconds since it was drawn: its number is when, modulo `MODULUS`. */
function late({ number, at }: Seen): number {
  return (((at - number) % MODULUS) + MODULUS) % MODULUS;
}
