/** All that is known of a launch in one archive, for whoever helps: secrets masked, and what could not be had is said. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { DeskpodError } from '#domain/errors.ts';
import { maskValues } from '#domain/environment.ts';
import { formatLine } from '#domain/log-text.ts';
import type { ApiContext } from '../context.ts';
import { launchLines } from '../launch-lines.ts';
import type { FoundLaunch } from '../ownership.ts';
import { detailOf } from '../present.ts';
import { tarOf, type TextFile } from './tar.ts';

const compress = promisify(gzip);
const PART_TIMEOUT_MS = 10_000;

export async function supportArchive(context: ApiContext, { record, launch }: FoundLaunch): Promise<Buffer> {
  const { engine, store } = context;
  const { debug } = engine;
  const { desktopId, id } = record;
  const parts: Readonly<Record<string, () => Promise<string>>> = {
    'log.txt': async () => {
      let text = '';
      for await (const line of launchLines(engine, record, false, AbortSignal.timeout(PART_TIMEOUT_MS)))
        text += formatLine(line);
      return text;
    },
    'launch.json': async () => json(detailOf(record, launch)),
    'describe.txt': () => debug.describe({ desktopId, launchId: id }),
    'desktop-describe.txt': () => debug.describe({ desktopId }),
    'happenings.json': async () => json(await debug.happenings(desktopId)),
    'inside.json': async () => json(await debug.inside(desktopId)),
    'start-trace.json': async () => json(await store.traces.last(desktopId)),
    'versions.json': async () =>
      json({
        deskpod: context.version,
        node: process.version,
        server: context.server.name,
        engine: await engine.info(),
      }),
  };
  // Of a finished launch the engine may know no more than was asked for.
  const env = { ...record.env, ...(await engine.environment(id).catch(() => ({}))) };
  const files = await Promise.all(
    Object.entries(parts).map(async ([name, read]): Promise<TextFile> => {
      try {
        return { name: `${id}/${name}`, text: maskValues(await inTime(read()), env) };
      } catch (error) {
        return { name: `${id}/${name}.missing`, text: `${whyMissing(error)}\n` };
      }
    }),
  );
  return await compress(tarOf(files, new Date()));
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

async function inTime(text: Promise<string>): Promise<string> {
  const late = Promise.withResolvers<never>();
  const why = new DeskpodError('timeout', 'It was not answered in time.');
  const timer = setTimeout(() => late.reject(why), PART_TIMEOUT_MS);
  try {
    return await Promise.race([text, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function whyMissing(error: unknown): string {
  return error instanceof DeskpodError ? error.message : 'It could not be read.';
}
