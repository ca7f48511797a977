/** What goes out, made from what is kept. */
import { hintsFor } from '#domain/hints/hints.ts';
import type { LaunchRecord } from '#domain/store.ts';
import type { Launch, LaunchDetail } from '#protocol/launch.ts';
import { maskSecrets } from '#domain/environment.ts';

export function detailOf(record: LaunchRecord, launch: Launch): LaunchDetail {
  const { end } = record;
  const hints = end
    ? hintsFor({
        exitCode: end.exitCode,
        reason: end.reason,
        outOfMemory: end.reason === 'out_of_memory',
        limits: record.limits,
        runtime: record.runtime,
        log: end.log,
        image: record.image,
        message: end.message,
      })
    : [];
  return {
    ...launch,
    environment: record.environment,
    requested: { env: maskSecrets(record.env), args: [...record.args] },
    hints,
  };
}
