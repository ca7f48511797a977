/** What the tests of films look at. Not a test itself. */
import { readdir, readFile } from 'node:fs/promises';
import { ignore } from '#protocol/ignore.ts';
import type { XCanvas } from '../fixtures/x-canvas.ts';
import type { Person } from './person.ts';

/** A colour value that differs by more isn't that of the same picture: video has losses. */
const TOLERANCE = 48;
/** Pixels at edges may differ by more. */
const MOST_WRONG = 0.03;

/**
 * Whether the page shows what the X server does, as far as that stays the same while it is looked at: the film itself doesn't,
 * everything beside and above it does.
 */
export async function looksRight(person: Person, screen: XCanvas): Promise<boolean> {
  const before = await screen.screen();
  const shown = await person.pixels();
  const after = await screen.screen();
  let [same, wrong] = [0, 0];
  for (let at = 0; at < before.length; at += 1) {
    const value = before[at] ?? 0;
    if (value !== after[at]) continue;
    same += 1;
    if (Math.abs(value - (shown[at] ?? 0)) > TOLERANCE) wrong += 1;
  }
  return wrong <= same * MOST_WRONG;
}

/** Where the page differs from the X server, for people; null if it doesn't. */
export async function difference(person: Person, screen: XCanvas): Promise<string | null> {
  const [shown, there] = [await person.pixels(), await screen.screen()];
  if (shown.length !== there.length) return 'the sizes differ';
  const pixels: number[] = [];
  for (let at = 0; at < there.length; at += 1) if (there[at] !== shown[at]) pixels.push(Math.floor(at / 3));
  if (pixels.length === 0) return null;
  const columns = pixels.map((pixel) => pixel % screen.size.width);
  const rows = pixels.map((pixel) => Math.floor(pixel / screen.size.width));
  const span = (values: readonly number[]): string =>
    `${values.reduce((a, b) => Math.min(a, b))}-${values.reduce((a, b) => Math.max(a, b))}`;
  return `${pixels.length} colour values differ, in columns ${span(columns)} and rows ${span(rows)}`;
}

/** Process ids of the encoders of a desktop on this machine. */
export async function encodersOf(desktopId: string): Promise<readonly number[]> {
  return processesOf(desktopId, ['gst-launch-1.0']);
}

/** Process ids of these programs of a desktop on this machine. */
export async function processesOf(desktopId: string, programs: readonly string[]): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async (pid) => {
      const gone = ignore('the process has ended', '');
      const [program = ''] = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(gone)).split('\0');
      if (!programs.includes(program)) return false;
      return (await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(gone)).includes(desktopId);
    }),
  );
  return pids.filter((_, index) => found[index]);
}
