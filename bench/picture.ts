/**
 * The picture of a desktop: bytes of a page that scrolls, beside the same viewer without a wish for its picture, for which
 * Xvnc alone decides; and typing over a slow link, beside the way there and back.
 */
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import {
  NOTES_PROTOCOL,
  SCREEN_PATH,
  SCREEN_PROTOCOL,
  TICKET_PROTOCOL_PREFIX,
  WISHES_PROTOCOL,
} from '#protocol/screen.ts';
import type { Picture } from '#protocol/picture.ts';
import { NovncViewer, type Seen } from '../test/fixtures/novnc-viewer.ts';
import { photoPage, textPage } from '../test/fixtures/pages.ts';
import { XCanvas } from '../test/fixtures/x-canvas.ts';
import { displayOfFry } from './displays.ts';
import type { Row } from './report.ts';
import type { BottleneckOptions } from './bottleneck.ts';
import { SlowLink } from './slow-link.ts';
import { desktopRuns, listen, type Stage, TIMEOUT_MS } from './stage.ts';

const SCROLL_MS = 10_000;
const FRAME_MS = 33;
const SCROLL_PIXELS = 24;
/** A picture in which nothing has come for this long rests, and is complete. */
const REST_MS = 3_000;
const SLOW: BottleneckOptions = { bytesPerSecond: 125_000, delayMs: 75, queueMs: 500 };
const KEYS = 60;
const BETWEEN_KEYS_MS = 100;
/** What the desktop and the gateway may add to the way there and back. */
const ALLOWED_MS = 40;
const KEYSYM_A = 0x61;

export async function picture(stage: Stage, runs: number): Promise<Row[]> {
  await desktopRuns(stage.client);
  const { at, cookie } = await displayOfFry(stage);
  using canvas = await XCanvas.connect(connect(at), cookie);
  canvas.show();
  const { width, height } = canvas.size;
  const row = (what: string, goal: number): Row => ({
    what: `${what}, scrolled for 10 s`,
    peer: 'Xvnc alone, quality 8',
    unit: 'kB/Mpx',
    ours: [],
    peers: [],
    goal,
  });
  const [text, photos] = [row('a page of text', 0.4), row('a page of photos', 1)];
  const pages = [textPage(width, height * 3), photoPage(width, height * 3)];
  for (let run = 0; run < runs; run += 1) {
    for (const [index, found] of [text, photos].entries()) {
      const page = pages[index] ?? Buffer.alloc(0);
      found.ours.push(await scrolled(stage, canvas, page, 'auto'));
      found.peers.push(await scrolled(stage, canvas, page, null));
    }
  }
  canvas.hide();
  const terminal = await startTerminal(stage);
  const typed = [await typing(stage, 'auto'), await typing(stage, 'frugal')];
  await stage.client.launches.stop(terminal);
  return [text, photos, ...typed];
}

/**
 * In kB for each million of painted pixels, because a busy machine paints fewer; with the bytes that make the picture exact
 * when it rests.
 */
async function scrolled(stage: Stage, canvas: XCanvas, page: Buffer, wish: Picture | null): Promise<number> {
  await using viewer = await view(stage, stage.product.address, wish);
  const { width, height } = canvas.size;
  const rows = page.length / width / 4 - height;
  await rests(viewer);
  const until = performance.now() + SCROLL_MS;
  for (let frame = 0; performance.now() < until; frame += 1) {
    const top = (frame * SCROLL_PIXELS) % rows;
    canvas.paint(0, 0, width, page.subarray(top * width * 4, (top + height) * width * 4));
    await canvas.drawn();
    await delay(FRAME_MS);
  }
  const { bytes, jpegPixels, losslessPixels } = await rests(viewer);
  if (viewer.failure !== null) throw viewer.failure;
  return (bytes * 1000) / (jpegPixels + losslessPixels);
}

/** From a key to its letter in the terminal. */
async function typing(stage: Stage, wish: Picture): Promise<Row> {
  await using link = await SlowLink.to(stage.product.address, SLOW);
  await using viewer = await view(stage, link.address, wish);
  await rests(viewer);
  const ours: number[] = [];
  const ways: number[] = [];
  for (let key = 0; key < KEYS; key += 1) {
    ways.push(await viewer.roundTrip());
    const begun = performance.now();
    const painted = viewer.nextUpdate(TIMEOUT_MS);
    viewer.key(KEYSYM_A);
    await painted;
    ours.push(performance.now() - begun);
    await delay(BETWEEN_KEYS_MS);
  }
  const quantile = (list: readonly number[], share: number): number =>
    list.toSorted((a, b) => a - b)[Math.floor(list.length * share)] ?? 0;
  const what = `typing at 1 Mbit/s and 150 ms, ${wish}: p95 (p50 ${Math.round(quantile(ours, 0.5))})`;
  const way = quantile(ways, 0.5);
  return {
    what,
    peer: `round trip (${Math.round(way)} ms) + 40 ms`,
    ours: [quantile(ours, 0.95)],
    peers: [way + ALLOWED_MS],
    goal: 1,
  };
}

/** Resolves when nothing has come for a while, with what came before: over a slow link, a picture takes seconds to become exact. */
async function rests(viewer: NovncViewer): Promise<Seen> {
  const until = performance.now() + TIMEOUT_MS;
  let all = viewer.seen();
  for (;;) {
    await delay(REST_MS);
    const more = viewer.seen();
    if (more.bytes === 0) return all;
    if (performance.now() > until) throw new Error('the picture does not come to rest');
    all = {
      bytes: all.bytes + more.bytes,
      updates: all.updates + more.updates,
      jpegPixels: all.jpegPixels + more.jpegPixels,
      losslessPixels: all.losslessPixels + more.losslessPixels,
    };
  }
}

/** Resolves with its launch when it has a window, which has the focus. */
async function startTerminal({ client }: Stage): Promise<string> {
  const stop = new AbortController();
  const focused = Promise.withResolvers<void>();
  const late = setTimeout(() => focused.reject(new Error('the terminal has no window')), TIMEOUT_MS);
  await listen(client, stop.signal, (event) => {
    if (event.type === 'windows' && event.windows.some(({ active }) => active)) focused.resolve();
  });
  const { id } = await client.launches.start({ app: 'terminal' });
  await focused.promise.finally(() => {
    clearTimeout(late);
    stop.abort();
  });
  return id;
}

async function view({ client }: Stage, address: string, wish: Picture | null): Promise<NovncViewer> {
  const { token } = await client.desktop.ticket();
  const url = `${address.replace(/^http/, 'ws')}${SCREEN_PATH}`;
  return await NovncViewer.open(
    url,
    [SCREEN_PROTOCOL, `${TICKET_PROTOCOL_PREFIX}${token}`, NOTES_PROTOCOL, WISHES_PROTOCOL],
    wish,
  );
}
