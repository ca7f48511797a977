/**
 * From a key to its pixel while files are uploaded over the same slow link, beside the same without them: as the page sends
 * them, and as one request of a whole file would take the link.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { FILES_PATH } from '#protocol/files.ts';
import { eventually } from '../../test/e2e/faults-kit.ts';
import { Person } from '../../test/e2e/person.ts';
import type { BrowserPart } from '../browser-part.ts';
import { keyToPixel, PAINT_AT_KEYS, watchKeys } from './key-watch.ts';
import { SlowLink } from '../slow-link.ts';
import { desktopRuns } from '../stage.ts';

const USER = 'fry';
/** 8 Mbit/s, 20 ms in each direction, and a router that keeps 100 ms. */
const LINK = { bytesPerSecond: 1_000_000, delayMs: 20, queueMs: 100 };
const GOAL = 1.5;
const TURNS = 4;
/** As many as the page sends at once. */
const FILES = 3;
const FILE_BYTES = 48 * 1024 * 1024;
/** Until parts have found their size, and nobody counts as typing. */
const SETTLED_MS = 6_000;
/** Until the next attempt to type. */
const READY_MS = 1_000;
/** Between keys: 5 to 8 in a second. */
const PAUSE_MS = { least: 80, spread: 100 };

/** `runs` is the number of keys, of each kind. */
export const measure: BrowserPart = async ({ client, product }, { runs: keys }) => {
  await desktopRuns(client);
  await using link = await SlowLink.to(product.address, LINK);
  await using person = await Person.at(link);
  await person.page.addInitScript(watchKeys);
  await person.page.reload();
  await person.logIn(USER, USER);
  await person.seesDesktop();
  const { id } = await client.launches.start({ app: 'terminal', args: ['-e', 'bash', '-c', PAINT_AT_KEYS] });
  await person.seesWindowOf('terminal');
  const alone: number[] = [];
  const beside: number[] = [];
  const besideWhole: number[] = [];
  const each = Math.ceil(keys / TURNS);
  try {
    // The terminal's program may not be ready, or have the focus, for the first keys.
    await person.find('key-field').focus();
    await eventually('a key is painted', () => keyToPixel(person.page, READY_MS).catch(() => null));
    await type(person, 10);
    for (let turn = 0; turn < TURNS; turn += 1) {
      await delay(SETTLED_MS);
      alone.push(...(await type(person, each)));
      await startUploads(person, turn);
      await delay(SETTLED_MS);
      beside.push(...(await type(person, each)));
      await cancelUploads(person);
      await startWholeFile(person);
      await delay(SETTLED_MS);
      besideWhole.push(...(await type(person, each)));
      await stopWholeFile(person);
    }
  } finally {
    await client.launches.stop(id);
  }
  const peer = { peer: 'without', peers: alone };
  const uploads = `key to pixel during ${FILES} uploads, 8 Mbit/s`;
  const whole = 'the same during a PUT of a whole file';
  return [
    { what: uploads, ours: beside, ...peer, goal: GOAL },
    { what: `${uploads}, p95`, ours: beside, ...peer, share: 0.95 },
    { what: whole, ours: besideWhole, ...peer },
    { what: `${whole}, p95`, ours: besideWhole, ...peer, share: 0.95 },
  ];
};

async function type(person: Person, keys: number): Promise<number[]> {
  await person.find('key-field').focus();
  const found: number[] = [];
  for (let key = 0; key < keys; key += 1) {
    found.push(await keyToPixel(person.page));
    await delay(PAUSE_MS.least + Math.random() * PAUSE_MS.spread);
  }
  return found;
}

/** Drops files onto the screen. */
async function startUploads(person: Person, turn: number): Promise<void> {
  await person.page.evaluate(
    ({ turn, count, bytes }) => {
      const data = new DataTransfer();
      const content = new Blob([new Uint8Array(bytes)]);
      for (let at = 0; at < count; at += 1) data.items.add(new File([content], `bench-${turn}-${at}.bin`));
      const drop = new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true });
      document.querySelector('[data-test="screen"]')?.dispatchEvent(drop);
    },
    { turn, count: FILES, bytes: FILE_BYTES },
  );
  await person
    .find('transfer', '[data-state="sending"]')
    .nth(FILES - 1)
    .waitFor();
}

async function cancelUploads(person: Person): Promise<void> {
  const sending = person.find('transfer', '[data-state="sending"]');
  if ((await sending.count()) < FILES) throw new Error('the uploads ended too early');
  for (let left = FILES; left > 0; left -= 1) await person.find('transfer-cancel').first().click();
  await person.find('transfers').waitFor({ state: 'detached' });
}

async function startWholeFile(person: Person): Promise<void> {
  await person.page.evaluate(
    ({ path, bytes }) => {
      const stop = new AbortController();
      const request = { method: 'PUT', body: new Blob([new Uint8Array(bytes)]), signal: stop.signal };
      const whole = { stop, isOver: false };
      Object.assign(window, { benchWhole: whole });
      void fetch(path, request).then(
        () => (whole.isOver = true),
        () => (whole.isOver = true),
      );
    },
    { path: `${FILES_PATH}bench-whole.bin`, bytes: FILE_BYTES },
  );
}

async function stopWholeFile(person: Person): Promise<void> {
  const isOver = await person.page.evaluate(() => {
    const { stop, isOver } = Reflect.get(window, 'benchWhole');
    stop.abort();
    return isOver === true;
  });
  if (isOver) throw new Error('the whole file was refused, or ended too early');
}
