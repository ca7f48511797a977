/** Turns a launch and the requested changes into the specification of its copy. Pure. */
import type { Environment } from '#protocol/app.ts';
import type { LaunchSpec } from '../ports/engine-launch.ts';
import { type LaunchPlan, type PlannedLaunch, planLaunch } from './plan.ts';
import type { LaunchRecord } from '../ports/store.ts';

export interface CopyRequest {
  /** Name of the copy; default: generated like a launch's. */
  readonly name?: string | undefined;
  readonly image?: string | undefined;
  /** Empty: unchanged. */
  readonly command: readonly string[];
  /** In addition to the original's. */
  readonly env: Environment;
  readonly shareProcesses: boolean;
  readonly sameNode: boolean;
  readonly plain: boolean;
}

export function planCopy(
  of: LaunchRecord,
  desktop: { readonly env: Environment },
  { app, image, limits, executeClass, pod }: Pick<LaunchPlan, 'app' | 'image' | 'limits' | 'executeClass' | 'pod'>,
  request: CopyRequest,
): { readonly launch: LaunchSpec; readonly requested: PlannedLaunch['requested'] } {
  // The record contains everything it started with, including the defaults of the app.
  const owner = { user: { id: of.userId, name: of.userId, provider: '' } };
  const { spec, requested } = planLaunch(
    owner,
    { id: of.desktopId, env: desktop.env },
    {
      app,
      image: request.image ?? image,
      runtime: 'pod_application',
      limits,
      executeClass,
      pod,
      env: { ...of.env, ...request.env },
      publicEnv: of.publicEnv.filter((name) => !Object.hasOwn(request.env, name)),
      args: of.args,
      defaults: null,
    },
  );
  const command = request.command.length > 0 ? request.command : spec.command;
  return { launch: { ...spec, id: request.name ?? spec.id, command }, requested };
}
