/** The stored record of a launch, built from its specification, and the launch as clients see it. Pure. */
import type { Launch, LaunchState } from '#protocol/launch.ts';
import type { AppDocument } from '#protocol/manager.ts';
import type { LaunchSpec } from '../ports/engine-launch.ts';
import { maskSecrets } from './environment.ts';
import type { PlannedLaunch } from './plan.ts';
import type { LaunchEnd, LaunchRecord } from '../ports/store.ts';

/** The state of a finished launch. */
export function finished(end: LaunchEnd): LaunchState {
  const { reason, exitCode, message } = end;
  return { state: 'finished', reason, exitCode, message, finishedAt: end.finishedAt.toISOString() };
}

/** `server` is responsible for its start. */
export function newRecord(
  userId: string,
  server: string,
  app: AppDocument,
  spec: LaunchSpec,
  requested: PlannedLaunch['requested'],
  copyOf: string | null = null,
): LaunchRecord {
  const { id, desktopId, runtime, image, limits } = spec;
  return {
    id,
    userId,
    desktopId,
    appId: app.id,
    appName: app.displayname,
    runtime,
    image,
    imageDigest: null,
    args: requested.args,
    env: requested.env,
    publicEnv: requested.publicEnv,
    environment: maskSecrets(spec.env),
    limits,
    startedAt: new Date(),
    windowMs: null,
    server,
    stoppedBy: null,
    copyOf,
    memoryKill: false,
    end: null,
  };
}

export function present(record: LaunchRecord, status: LaunchState): Launch {
  const { id, userId, desktopId, appId, appName, runtime, windowMs, limits, image, imageDigest } = record;
  const args = [...record.args];
  return {
    id,
    userId,
    desktopId,
    appId,
    appName,
    runtime,
    status,
    startedAt: record.startedAt.toISOString(),
    windowMs,
    limits,
    image,
    imageDigest,
    args,
    ...(record.copyOf === null ? {} : { copyOf: record.copyOf }),
    ...(record.memoryKill ? { memoryKill: true } : {}),
    ...(record.end?.unread ? { unread: true } : {}),
  };
}
