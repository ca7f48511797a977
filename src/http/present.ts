/** Builds the responses from the stored records. */
import { hintsFor, hintsWhileRunning } from '#domain/hints/hints.ts';
import type { LaunchRecord } from '#domain/ports/store.ts';
import { plainText } from '#protocol/escapes.ts';
import type { Launch, LaunchDetail } from '#protocol/launch.ts';
import { MASK, maskGiven, maskSecrets } from '#domain/launches/environment.ts';
import type { Environment } from '#protocol/app.ts';

/** Only the owner reads the values that were given at the launch. */
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
    environment: viewer === 'owner' ? record.environment : maskGiven(record.environment, [record.env]),
    requested: { env: shownTo(viewer, record.env), args: [...record.args] },
    hints,
  };
}

/** The variables with which a launch is repeated: a value as `detailOf` showed it is the one of then, for the owner alone. */
export function repeatedEnv(
  env: Environment | undefined,
  record: Pick<LaunchRecord, 'env'>,
  viewer: 'owner' | 'other',
): Environment {
  const given = viewer === 'owner' ? record.env : {};
  const shown = shownTo(viewer, record.env);
  return Object.fromEntries(
    Object.entries(env ?? given).flatMap(([name, value]) => {
      const real = value === shown[name] ? given[name] : value;
      return real === undefined ? [] : [[name, real]];
    }),
  );
}

function shownTo(viewer: 'owner' | 'other', env: Environment): Environment {
  if (viewer === 'owner') return maskSecrets(env);
  return Object.fromEntries(Object.keys(env).map((name) => [name, MASK]));
}
