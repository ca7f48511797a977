/** The compatible API reaches the same parts by other words. */
import type { SessionClaims } from '#domain/auth.ts';
import type { Config, Secrets } from '#config/config.ts';
import type { ApiContext } from '#http/context.ts';
import { endDesktop } from '#http/end-desktop.ts';
import type { ManagerDeps } from '#http/manager/routes.ts';
import type { BuildVersion } from '#http/manager/version.ts';
import { claimsOf } from '#http/session.ts';

export function managerDeps(context: ApiContext, config: Config, secrets: Secrets, version: BuildVersion): ManagerDeps {
  const { engine, desktops, launches, catalogue, events } = context;
  const claims = (token: string): Promise<SessionClaims | null> => claimsOf(context, token);
  return {
    catalogue,
    images: engine,
    access: { ...config.manager, keys: secrets.managerApiKeys, trustedProxies: config.listen.trustedProxies },
    desktops: {
      desktops: () => engine.desktops(),
      launches: (desktopId) => engine.launches(desktopId),
      removeDesktop: (desktop) => endDesktop(context, desktop.id),
      async removeLaunch({ id }) {
        const found = await launches.find(id);
        if (!found) return engine.removeLaunch(id);
        await launches.stop(id, 'admin');
      },
    },
    isAdministrator: async ({ headers }) => {
      const token = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
      return token !== undefined && ((await claims(token))?.user.roles.includes('admin') ?? false);
    },
    userOf: claims,
    planDesktop: async (identity) => desktops.plan(identity),
    version,
    warn: events.warn,
    failed: events.failed,
  };
}
