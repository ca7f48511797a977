/** From a launch and what shall be different to the copy that the engine makes of it: pure. */
import type { AppDefaults, Environment } from '../../protocol/app.ts';
import type { LaunchSpec } from '../engine.ts';
import { type LaunchWish, planLaunch } from '../launch-plan.ts';
import type { LaunchRecord } from '../store.ts';

export interface CopyWant {
  /** Of the copy; like a launch's when it is left out. */
  readonly name?: string | undefined;
  readonly image?: string | undefined;
  /** Empty: as it was. */
  readonly command: readonly string[];
  /** Beside what it had. */
  readonly env: Environment;
  readonly shareProcesses: boolean;
  readonly sameNode: boolean;
  readonly plain: boolean;
}

export function planCopy(
  of: LaunchRecord,
  desktop: { readonly env: Environment },
  { app, image, limits, pod }: Pick<LaunchWish, 'app' | 'image' | 'limits' | 'pod'>,
  want: CopyWant,
): { readonly launch: LaunchSpec; readonly requested: AppDefaults } {
  // What it was started with is recorded whole: defaults of the app were part of it.
  const owner = { user: { id: of.userId, name: of.userId, provider: '' } };
  const { spec, requested } = planLaunch(
    owner,
    { id: of.desktopId, env: desktop.env },
    {
      app,
      image: want.image ?? image,
      runtime: 'pod_application',
      limits,
      pod,
      env: { ...of.env, ...want.env },
      args: of.args,
      defaults: null,
    },
  );
  const command = want.command.length > 0 ? want.command : spec.command;
  return { launch: { ...spec, id: want.name ?? spec.id, command }, requested };
}
