/** The log of a launch line by line: of a running one from the engine, of a finished one what was kept. */
import type { Engine } from '#domain/engine.ts';
import { KEPT_LOG_BYTES, parseLog, presentLine } from '#domain/log-text.ts';
import type { LaunchRecord } from '#domain/store.ts';
import type { LogLine } from '#protocol/launch.ts';

export async function* launchLines(
  engine: Pick<Engine, 'logs'>,
  record: LaunchRecord,
  follow: boolean,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  if (record.end) {
    yield* parseLog(record.end.log);
    return;
  }
  const target = { desktopId: record.desktopId, launchId: record.id };
  for await (const line of engine.logs(target, { follow, tailBytes: KEPT_LOG_BYTES }, signal)) yield presentLine(line);
}
