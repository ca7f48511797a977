/** Sound, from the desktop's sound server to the browser's audio thread: how late it is, what it costs, whether it is whole. */
import { readFile, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { SOUND_RATE } from '#protocol/sound-frames.ts';
import { desktopFacts } from '../desktop-facts.ts';
import type { BrowserPart } from '../browser-part.ts';
import type { Row, Skipped } from '../report.ts';
import { desktopRuns, type Stage } from '../stage.ts';
import { type Block, BlockMeter } from '../sound/block-meter.ts';
import { beginnings, delays, gapsOf } from '../sound/blocks.ts';
import { costs } from '../sound/costs.ts';
import { Listener } from '../sound/listener.ts';
import { Monitor } from '../sound/monitor.ts';
import { removeSamples, runs, STARTS, writeSamples } from '../sound/programs.ts';
import { FULL_SCALE, HERTZ, leftOf, TONE } from '../sound/samples.ts';
import { SoundPage } from './sound-page.ts';

const USER = 'fry';
const LATENCY_GOALS_MS = { p50: 30, p95: 60 } as const;
const FIRST_GOAL_MS = 300;
/** Until the page has found how much has to wait for the network. */
const SETTLED_MS = 10_000;
/** About one click, and one start of a program. */
const CLICK_MS = 630;
const START_MS = 5_000;
const STARTS_PER_CLICK = 1 / 6;
/** With `--long`. */
const LONG_MINUTES = 10;
const BLOCKS_A_MINUTE = 60_000 / 10;
/** Later ones belong to the next. */
const LATEST_MS = { click: 500, start: 4_000 } as const;
/** Of those that were played; fewer say nothing. */
const LEAST_HEARD = 0.8;

/** `runs` is the number of clicks. */
export const measure: BrowserPart = async (stage, { runs: clicks, isLong }) => {
  await newDesktop(stage);
  await using owned = new AsyncDisposableStack();
  await writeSamples(stage);
  owned.defer(() => removeSamples(stage));
  const listeners = await costs(stage);
  await newDesktop(stage);
  const page = owned.use(await SoundPage.open(stage.product));
  return [
    ...(await firstSounds(stage, page, Math.ceil(clicks * STARTS_PER_CLICK))),
    ...(await latency(stage, page, clicks)),
    ...(await gaps(stage, page, isLong ? LONG_MINUTES : 1)),
    ...listeners,
  ];
};

/** Without a sound server that runs. */
async function newDesktop({ client }: Stage): Promise<void> {
  await desktopRuns(client);
  await client.desktop.remove();
  await desktopRuns(client);
}

/** From the start of a program that plays until the page does. */
async function firstSounds(stage: Stage, page: SoundPage, count: number): Promise<(Row | Skipped)[]> {
  const file = stage.product.home(USER, STARTS);
  await rm(file, { force: true });
  await page.take();
  const stop = await runs(stage, 'starts');
  await delay((count + 1) * START_MS).finally(stop);
  const heard = beginnings(await page.take());
  const started = (await readFile(file, 'utf8'))
    .trim()
    .split('\n')
    .map((seconds) => Number(seconds) * 1000);
  const first = delays(started.slice(0, 1), heard, LATEST_MS.start);
  const next = delays(started.slice(1, count + 1), heard, LATEST_MS.start);
  const peer = { peer: 'the limit', peers: [FIRST_GOAL_MS] };
  return [
    { what: 'first sound of a desktop, whose sound server starts', ours: first, ...peer },
    enough(next.length, count, { what: 'first sound of a program', ours: next, ...peer, goal: 1 }),
  ];
}

/** From the monitor to the audio thread. */
async function latency(stage: Stage, page: SoundPage, count: number): Promise<(Row | Skipped)[]> {
  await using owned = new AsyncDisposableStack();
  owned.defer(await runs(stage, 'clicks'));
  const monitor = owned.use(await Monitor.of(await desktopFacts(stage.product)));
  await delay(SETTLED_MS);
  monitor.take();
  await page.take();
  await delay(count * CLICK_MS);
  const played = beginnings(monitor.take());
  await delay(LATEST_MS.click);
  const ours = delays(played, beginnings(await page.take()), LATEST_MS.click);
  const what = 'click: monitor to AudioWorklet';
  const { p50, p95 } = LATENCY_GOALS_MS;
  return [
    enough(ours.length, count, { what, peer: 'the limit of p50', ours, peers: [p50], goal: 1 }),
    enough(ours.length, count, { what, peer: 'the limit of p95', ours, peers: [p95], share: 0.95, goal: 1 }),
  ];
}

/** In a tone beside a terminal that fills the screen and scrolls. */
async function gaps(stage: Stage, page: SoundPage, minutes: number): Promise<(Row | Skipped)[]> {
  await using owned = new AsyncDisposableStack();
  owned.defer(await runs(stage, 'tone'));
  const sent: Block[] = [];
  const meter = new BlockMeter(HERTZ, SOUND_RATE);
  const hear = (frame: Buffer): void => void sent.push(...meter.push(leftOf(frame), 0));
  owned.use(await Listener.open(stage, 'pcm', hear));
  owned.defer(await runs(stage, 'scrolling'));
  await delay(SETTLED_MS);
  sent.length = 0;
  await page.take();
  await delay(minutes * 60_000);
  const row = { unit: 'gaps', peer: 'none', peers: [0], goal: 1 };
  const where = `${minutes === 1 ? 'a minute' : `${minutes} minutes`} of a tone beside full-screen scrolling`;
  const counted = (what: string, blocks: readonly Block[]): Row | Skipped =>
    enough(blocks.filter(isTone).length, minutes * BLOCKS_A_MINUTE, { what, ours: [gapsOf(blocks)], ...row });
  return [
    counted(`${where}, in the page`, await page.take()),
    // Those of the program, and of the sound server, on a machine that is too busy for them.
    counted(`${where}, as the gateway sends it`, sent.splice(0)),
  ];
}

function isTone({ level }: Block): boolean {
  return level > TONE / 2 / FULL_SCALE;
}

function enough(found: number, expected: number, row: Row): Row | Skipped {
  if (found >= expected * LEAST_HEARD) return row;
  return { what: row.what, skipped: `only ${found} of ${expected} were heard: the machine is too busy` };
}
