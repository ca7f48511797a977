/** From a catalogue entry and a request to what the engine shall run: pure. */
import type { AppDefaults, Environment, Limits, PodWishes, Runtime } from '../protocol/app.ts';
import type { AppDocument } from '../protocol/manager.ts';
import type { Identity } from './auth.ts';
import type { LaunchSpec } from './engine.ts';
import { ephemeralName, podAppName } from './names.ts';

/** Images of the compatible system start through this script, which reads `APP`, `ARGS` and `APPARGS`. */
const ENTRYPOINT = '/composer/appli-docker-entrypoint.sh';

export interface LaunchWish {
  readonly app: AppDocument;
  /** What to start it from. */
  readonly image: string;
  readonly runtime: Runtime;
  readonly limits: Limits;
  readonly pod: PodWishes;
  readonly env: Environment;
  readonly args: readonly string[];
  readonly defaults: AppDefaults | null;
}

export interface LaunchPlan {
  readonly spec: LaunchSpec;
  /** What an administrator and the user asked for beyond the app's own. */
  readonly requested: AppDefaults;
}

export function planLaunch(
  identity: { readonly user: Pick<Identity['user'], 'id' | 'name' | 'provider'> },
  desktop: { id: string; env: Environment },
  wish: LaunchWish,
): LaunchPlan {
  const { app, runtime, limits } = wish;
  const { user } = identity;
  const env = { ...wish.defaults?.env, ...wish.env };
  const args = wish.args.length > 0 ? [...wish.args] : [...(wish.defaults?.args ?? [])];
  const own = app.args === null ? [] : app.args.split(/\s+/).filter(Boolean);
  const byEntrypoint = app.cmd[0] === ENTRYPOINT;
  const userId = user.provider === 'anonymous' ? 'anonymous' : user.id;
  return {
    requested: { env, args },
    spec: {
      id: runtime === 'ephemeral_container' ? ephemeralName(user.name, app.name) : podAppName(userId, app.name),
      desktopId: desktop.id,
      appName: app.name,
      runtime,
      image: wish.image,
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
      pod: wish.pod,
      runAs: typeof app.securitycontext['runAsUser'] === 'number' ? app.securitycontext['runAsUser'] : null,
      labels: app.uniquerunkey ? { uniquerunkey: app.uniquerunkey } : {},
    },
  };
}
