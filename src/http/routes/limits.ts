/** Limits with their current use: `/api/v1/limits`. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { CONNECTION_KINDS } from '#domain/server/open-connections.ts';
import { Limits, LimitsQuery, type LimitUse } from '#protocol/limits.ts';
import type { ApiContext } from '../context.ts';
import { authenticated, hasRole, withRole } from '../session.ts';

export function limitRoutes(context: ApiContext): FastifyPluginAsyncZod {
  const { launches, sessions, guests } = context;
  const { connections } = sessions;
  // Gateways in other processes count their own screens.
  const kinds = CONNECTION_KINDS.filter((kind) => kind !== 'screens' || context.server.roles.includes('gateway'));

  function usesOf(userId: string): LimitUse[] {
    const open = connections.of(userId);
    return [
      { name: 'launches', ...launches.quotaOf(userId), setting: 'launches.perUser' },
      ...kinds.map((name) => ({ name, used: open[name], limit: connections.limits[name], setting: `limits.${name}` })),
    ];
  }

  return async (app) => {
    app.get('/limits', { schema: { querystring: LimitsQuery, response: { 200: Limits } } }, async (request) => {
      const claims = authenticated(request);
      const { user } = request.query;
      if (user !== undefined && user !== claims.user.id) withRole(request, 'admin');
      const limits = usesOf(user ?? claims.user.id);
      if (!hasRole(claims, 'admin') || user !== undefined) return { limits };
      const ofGuests = { used: await guests.count(), limit: guests.limits.guests, setting: 'limits.guests' };
      return { limits: [...limits, { name: 'guests' as const, ...ofGuests }] };
    });
  };
}
