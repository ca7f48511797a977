/** Limits with their current use: `/api/v1/limits`. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { CONNECTION_KINDS } from '#domain/server/open-connections.ts';
import { Limits, LimitsQuery, type LimitUse } from '#protocol/limits.ts';
import type { ApiContext } from '../context.ts';
import { authenticated, hasRole, withRole } from '../session.ts';

const COUNTED = { unit: 'count', enforced: true } as const;
const UNITS = { memory: 'bytes', cpus: 'processors', processes: 'count' } as const;

export function limitRoutes(context: ApiContext): FastifyPluginAsyncZod {
  const { desktops, engine, homeSizes, launches, sessions, guests } = context;
  const { connections } = sessions;
  // Gateways in other processes count their own screens.
  const kinds = CONNECTION_KINDS.filter((kind) => kind !== 'screens' || context.server.roles.includes('gateway'));

  async function usesOf(userId: string): Promise<LimitUse[]> {
    const open = connections.of(userId);
    return [
      { name: 'launches', ...launches.quotaOf(userId), ...COUNTED, setting: 'launches.perUser' },
      ...kinds.map((name) => ({
        name,
        used: open[name],
        limit: connections.limits[name],
        ...COUNTED,
        setting: `limits.${name}`,
      })),
      ...(await desktopUses(userId)),
    ];
  }

  /** Only while it runs. */
  async function desktopUses(userId: string): Promise<LimitUse[]> {
    const desktop = desktops.runningOrNull(userId);
    if (desktop === null) return [];
    const [shared, use] = await Promise.all([engine.sharedLimits(desktop.id), homeSizes.use(desktop)]);
    const together = shared.map(({ name, used, limit }) => ({
      name,
      used,
      limit,
      unit: UNITS[name],
      enforced: used !== null,
      setting: `limits.desktop.${name}`,
    }));
    if (use === null) return together;
    const ofHome = { used: use.bytes, limit: homeSizes.limitBytes, unit: 'bytes', setting: 'limits.home' } as const;
    return [...together, { name: 'home', ...ofHome, enforced: false }];
  }

  return async (app) => {
    app.get('/limits', { schema: { querystring: LimitsQuery, response: { 200: Limits } } }, async (request) => {
      const claims = authenticated(request);
      const { user } = request.query;
      if (user !== undefined && user !== claims.user.id) withRole(request, 'admin');
      const limits = await usesOf(user ?? claims.user.id);
      if (!hasRole(claims, 'admin') || user !== undefined) return { limits };
      const ofGuests = { used: await guests.count(), limit: guests.limits.guests, setting: 'limits.guests' };
      return { limits: [...limits, { name: 'guests' as const, ...ofGuests, ...COUNTED }] };
    });
  };
}
