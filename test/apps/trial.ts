/** Tries one app: first start, later ones, a file of its type, sound, its log, and the other runtime. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Runtime } from '#protocol/app.ts';
import type { Desk } from './desk.ts';
import { errorsIn } from './log-errors.ts';
import { median, type Result } from './results.ts';
import { openings, processesOf } from './sandbox.ts';
import { sampleFor, writeSample } from './samples.ts';

const WARM_STARTS = 3;
const MOST_LINES = 2;
const MB = 1e6;
const BOTH: readonly Runtime[] = ['ephemeral_container', 'pod_application'];
/** What an app needs to play the file that it opened. */
const PLAY_KEYS: Readonly<Record<string, string>> = { audacity: 'Space' };
/** Keys that show the file in a window of its own, for apps that keep it in a library. Only then they have pages to lock up. */
const VIEW_KEYS: Readonly<Record<string, string>> = { calibre: 'v' };
/** In the titles of these windows. */
const VIEWER = 'viewer';
/** Apps that print what they show, in a dialog that Ctrl+P opens. */
const PRINTING = new Set('calc document-viewer draw impress inkscape scribus text-editor writer'.split(' '));
/** Apps that don't start beside the desktop, and why. */
const NEEDS_DESKTOP: Readonly<Record<string, string>> = {
  'shm-demo': 'it shows what memory shared with the screen is for',
};
/** Apps whose windows aren't titled like the file that they show. */
export const UNTITLED: Readonly<Record<string, string>> = {
  calibre: 'a book is added to its library',
  rkward: 'its editor is a part of its window',
  octave: 'its editor is a part of its window',
  qgis: 'a file is a layer of its project',
};

export interface TriedApp {
  readonly name: string;
  readonly displayName: string;
  readonly wmClass: string;
  readonly runtime: Runtime;
  /** As in the API: `.odt`, `web:` */
  readonly opens: readonly string[];
  readonly sounds: boolean;
  /** It has a seccomp profile for a sandbox of its own. */
  readonly sandboxed: boolean;
}

export interface ImageSize {
  readonly imageMb: number;
  readonly ownMb: number;
}

/** Rejects only when the desktop itself fails; what the app can't do is in the result. */
export async function tried(desk: Desk, app: TriedApp, size: ImageSize, picture: string): Promise<Result> {
  const problems: string[] = [];
  const works: Runtime[] = [];
  const runtimes = BOTH.toSorted((one) => (one === app.runtime ? -1 : 1));
  const extension = sampleFor(app.opens);
  const found = { coldMs: null, warmMs: null, memoryMb: null, opens: null, heard: null, prints: null, picture: false };
  const result: { -readonly [K in keyof typeof found]: Result[K] } = { ...found };
  const start = (runtime: Runtime, file?: string) => desk.start(app.name, runtime, app.wmClass, file);
  const step = async (what: string, run: () => Promise<void>): Promise<void> => {
    await run().catch((error: unknown) => {
      problems.push(`${what}: ${error instanceof Error ? error.message : String(error)}`.slice(0, 900));
    });
  };
  const save = async (): Promise<void> => {
    await mkdir(dirname(picture), { recursive: true });
    await writeFile(picture, await desk.picture());
    result.picture = true;
  };
  const reads = async (id: string, where: string): Promise<void> => {
    const errors = errorsIn(await desk.log(id), app.name);
    if (errors.length > 0) problems.push(`Its log ${where}: ${errors.slice(0, MOST_LINES).join(' / ').slice(0, 400)}`);
  };
  const viewKey = VIEW_KEYS[app.name];
  const locks = async (id: string, isViewing = viewKey === undefined): Promise<void> => {
    if (app.sandboxed && isViewing) problems.push(...openings(await processesOf(id)));
  };

  await desk.emptyHome();
  await step('First start', async () => {
    const { id, ms, window } = await start(app.runtime);
    if (window.wmClass !== app.wmClass) problems.push(`Its window is of class ${window.wmClass}, not ${app.wmClass}.`);
    result.coldMs = Math.round(ms);
    result.memoryMb = Math.round(((await desk.idle(id)) ?? 0) / MB);
    works.push(app.runtime);
    await save();
    await locks(id);
    await reads(id, 'after the first start');
    await desk.stop(id);
  });
  if (result.coldMs === null) return { ...told(app), ...size, ...result, runtimes: works, problems };

  const warm: number[] = [];
  await step('Later start', async () => {
    for (let turn = 0; turn < WARM_STARTS; turn += 1) {
      const { id, ms } = await start(app.runtime);
      warm.push(ms);
      await desk.stop(id);
    }
  });
  result.warmMs = median(warm);

  if (extension !== null)
    await step('Opening a file', async () => {
      const file = await writeSample(desk.home, extension);
      const { id } = await start(app.runtime, file);
      const titled = UNTITLED[app.name] !== undefined || (await desk.titled(id, file.split('.')[0] ?? file));
      await desk.idle(id);
      if (titled) {
        result.opens = file;
        await save();
      } else problems.push(`No window of it is titled like ${file}, but ${desk.titles(id).join(', ')}.`);
      if (viewKey !== undefined) {
        await desk.press(viewKey);
        if (!(await desk.titled(id, VIEWER))) problems.push('Its viewer did not come.');
        await desk.idle(id);
        await locks(id, true);
      }
      if (app.sounds) {
        const key = PLAY_KEYS[app.name];
        if (key !== undefined) await desk.press(key);
        result.heard = await desk.hears(app.name);
        if (!result.heard) problems.push('It was not heard.');
      }
      if (PRINTING.has(app.name)) {
        result.prints = await desk.prints(id);
        if (!result.prints) problems.push('It did not print.');
      }
      await reads(id, `with ${file}`);
      await desk.stop(id);
    });

  const others = NEEDS_DESKTOP[app.name] === undefined ? runtimes.filter((one) => one !== app.runtime) : [];
  for (const runtime of others)
    await step(runtime === 'pod_application' ? 'As a pod' : 'In the desktop', async () => {
      const { id } = await start(runtime);
      await desk.idle(id);
      works.push(runtime);
      await locks(id);
      await reads(id, runtime === 'pod_application' ? 'as a pod' : 'in the desktop');
      await desk.stop(id);
    });
  return { ...told(app), ...size, ...result, runtimes: works, problems };
}

function told({ name, displayName }: TriedApp): Pick<Result, 'name' | 'displayName' | 'day'> {
  return { name, displayName, day: new Date().toISOString().slice(0, 10) };
}
