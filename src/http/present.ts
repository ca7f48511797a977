/** Builds the responses from the stored records. */
import { hintsFor, hintsWhileRunning } from '#domain/hints/hints.ts';
import type { LaunchRecord } from '#domain/ports/store.ts';
import { plainText } from '#protocol/escapes.ts';
import type { Launch, LaunchDetail } from '#protocol/launch.ts';
import { hiddenEnv, MASK, maskGiven, maskSecrets } from '#domain/launches/environment.ts';
import type { Environment } from '#protocol/app.ts';

/** Only the owner reads the values that were given at the launch, except those that the owner made public. */
export function detailOf(record: LaunchRecord, launch: Launch, viewer: 'owner' | 'other'): LaunchDetail {
  const { end, memoryKill, limits, runtime, image } = record;
  const about = { memoryKill, limits, runtime, image };
  const hints = end
    ? hintsFor({
        ...about,
        exitCode: end.exitCode,
        reason: end.reason,
        outOfMemory: end.reason === 'out_of_memory',
        log: plainText(end.log),
        message: end.message,
      })
    : hintsWhileRunning(about);
  return {
    ...launch,
    environment: viewer === 'owner' ? record.environment : maskGiven(record.environment, [hiddenEnv(record)]),
    requested: { env: shownTo(viewer, record), publicEnv: [...record.publicEnv], args: [...record.args] },
    hints,
  };
}

/** The variables with which a launch is repeated: a value as `detailOf` showed it is the one of then, if the viewer may read it. */
export function repeatedEnv(
  env: Environment | undefined,
  record: Pick<LaunchRecord, 'env' | 'publicEnv'>,
  viewer: 'owner' | 'other',
): Environment {
  const shown = shownTo(viewer, record);
  const readable = Object.entries(record.env).filter(([name, value]) => shown[name] === value);
  const given = viewer === 'owner' ? record.env : Object.fromEntries(readable);
  return Object.fromEntries(
    Object.entries(env ?? given).flatMap(([name, value]) => {
      const real = value === shown[name] ? given[name] : value;
      return real === undefined ? [] : [[name, real]];
    }),
  );
}

function shownTo(viewer: 'owner' | 'other', record: Pick<LaunchRecord, 'env' | 'publicEnv'>): Environment {
  const hidden = viewer === 'owner' ? {} : hiddenEnv(record);
  const masked = Object.fromEntries(Object.keys(hidden).map((name) => [name, MASK]));
  return { ...maskSecrets(record.env), ...masked };
}
