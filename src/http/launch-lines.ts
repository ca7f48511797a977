/** The log of a launch, line by line: from the engine while it runs, from the store once it has finished. */
import type { Engine } from '#domain/ports/engine.ts';
import { KEPT_LOG_BYTES, parseLog, presentLine } from '#domain/launches/log-text.ts';
import type { LaunchRecord } from '#domain/ports/store.ts';
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
