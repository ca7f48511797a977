/** A support archive of a launch: everything the server knows about it, secrets masked, with a note on what is missing. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { isTimeout, withDeadline } from '#domain/deadlines.ts';
import { DeskpodError } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';
import { maskGivenText, maskValues } from '#domain/launches/environment.ts';
import { formatLine } from '#domain/launches/log-text.ts';
import { plainText } from '#protocol/escapes.ts';
import type { ApiContext } from '../context.ts';
import { launchLines } from '../launch-lines.ts';
import { type FoundLaunch, ownersValues } from '../ownership.ts';
import { detailOf } from '../present.ts';
import { tarOf, type TextFile } from './tar.ts';

const compress = promisify(gzip);
const PART_TIMEOUT_MS = 10_000;

export async function supportArchive(context: ApiContext, { record, launch }: FoundLaunch): Promise<Buffer> {
  const { engine, store } = context;
  const { debug } = engine;
  const { desktopId, id } = record;
  // The archive is made to be handed on.
  const hidden = await ownersValues(store, desktopId);
  const parts: Readonly<Record<string, () => Promise<string>>> = {
    'log.txt': async () => {
      let text = '';
      for await (const line of launchLines(engine, record, false, AbortSignal.timeout(PART_TIMEOUT_MS)))
        text += plainText(formatLine(line));
      return text;
    },
    'launch.json': async () => json(detailOf(record, launch, 'other')),
    'describe.txt': () => debug.describe({ desktopId, launchId: id }),
    'desktop-describe.txt': () => debug.describe({ desktopId }),
    'events.json': async () => json(await debug.events(desktopId)),
    'inspect.json': async () => json(await debug.inspect(desktopId)),
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
  const env = {
    ...record.env,
    ...(await engine.environment(id).catch(ignore('the variables of the record are masked', {}))),
  };
  const files = await Promise.all(
    Object.entries(parts).map(async ([name, read]): Promise<TextFile> => {
      try {
        return {
          name: `${id}/${name}`,
          text: maskGivenText(
            maskValues(await withDeadline(read(), AbortSignal.timeout(PART_TIMEOUT_MS)), env),
            hidden,
          ),
        };
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

function whyMissing(error: unknown): string {
  if (isTimeout(error)) return 'The engine took too long.';
  return error instanceof DeskpodError ? error.message : "It couldn't be read.";
}
