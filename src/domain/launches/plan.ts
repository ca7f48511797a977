/** Turns a catalogue entry and a request into the specification for the engine. Pure. */
import type { AppDefaults, Environment, Limits, PodSettings, Runtime } from '#protocol/app.ts';
import type { AppDocument } from '#protocol/manager.ts';
import type { Identity } from '../ports/auth.ts';
import type { LaunchSpec } from '../ports/engine-launch.ts';
import { ephemeralName, podAppName } from '../names.ts';

/** Images of the compatible system start through this script, which reads `APP`, `ARGS` and `APPARGS`. */
const ENTRYPOINT = '/composer/appli-docker-entrypoint.sh';

export interface LaunchPlan {
  readonly app: AppDocument;
  /** The image to start. */
  readonly image: string;
  readonly runtime: Runtime;
  readonly limits: Limits;
  readonly executeClass: string;
  readonly pod: PodSettings;
  readonly env: Environment;
  /** The names in `env` whose values others may read. */
  readonly publicEnv: readonly string[];
  readonly args: readonly string[];
  readonly defaults: AppDefaults | null;
}

export interface PlannedLaunch {
  readonly spec: LaunchSpec;
  /** Arguments and variables of the administrator and the user, in addition to the app's own. */
  readonly requested: AppDefaults & Pick<LaunchPlan, 'publicEnv'>;
}

export function planLaunch(
  identity: { readonly user: Pick<Identity['user'], 'id' | 'name' | 'provider'> },
  desktop: { id: string; env: Environment },
  plan: LaunchPlan,
): PlannedLaunch {
  const { app, runtime, limits } = plan;
  const { user } = identity;
  const env = { ...plan.defaults?.env, ...plan.env };
  const args = plan.args.length > 0 ? [...plan.args] : [...(plan.defaults?.args ?? [])];
  const own = app.args === null ? [] : app.args.split(/\s+/).filter(Boolean);
  const byEntrypoint = app.cmd[0] === ENTRYPOINT;
  const userId = user.provider === 'anonymous' ? 'anonymous' : user.id;
  return {
    // The administrator's defaults aren't the user's to show.
    requested: { env, publicEnv: plan.publicEnv.filter((name) => Object.hasOwn(plan.env, name)), args },
    spec: {
      id: runtime === 'ephemeral_container' ? ephemeralName(user.name, app.name) : podAppName(userId, app.name),
      desktopId: desktop.id,
      appName: app.name,
      runtime,
      image: plan.image,
      command: byEntrypoint ? app.cmd : [...app.cmd, ...own, ...args],
      env: {
        ...desktop.env,
        ...(app.path ? { APP: app.path } : {}),
        ...(byEntrypoint && app.args ? { ARGS: app.args } : {}),
        ...(byEntrypoint && args.length > 0 ? { APPARGS: args.join(' ') } : {}),
        ...(app.uniquerunkey ? { UNIQUERUNKEY: app.uniquerunkey } : {}),
        ...env,
      },
      limits,
      executeClass: plan.executeClass,
      pod: plan.pod,
      runAs: typeof app.securitycontext['runAsUser'] === 'number' ? app.securitycontext['runAsUser'] : null,
      seccomp: app.seccomp ?? null,
      labels: app.uniquerunkey ? { uniquerunkey: app.uniquerunkey } : {},
    },
  };
}
