/** Launches: list, start, stop and repeat: `/api/v1/launches`. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { LaunchFilter } from '#domain/ports/store.ts';
import { Launch, LaunchCommand, LaunchDetail, LaunchQuery, LaunchRequest, LaunchesRead } from '#protocol/launch.ts';
import type { ApiContext, Claims } from '../context.ts';
import { ownLaunch, readableLaunch } from '../ownership.ts';
import { detailOf, repeatedEnv } from '../present.ts';
import { authenticated, withRole } from '../session.ts';

const Id = z.object({ id: z.string().max(253) });

export function launchRoutes(context: ApiContext): FastifyPluginAsyncZod {
  const { launches, desktops, events } = context;

  function start({ user, account }: Claims, request: z.output<typeof LaunchRequest>): Promise<Launch> {
    const { id, entries } = desktops.running(user.id);
    return launches.start({ user, account }, { id, entries, env: desktops.envOf(user.id) }, request);
  }

  return async (app) => {
    app.get(
      '/launches',
      { schema: { querystring: LaunchQuery, response: { 200: z.object({ launches: z.array(Launch) }) } } },
      async (request) => {
        const { user } = authenticated(request);
        const { user: owner = user.id, ...rest } = request.query;
        if (owner !== user.id) withRole(request, 'support', 'admin');
        return { launches: await launches.list(filterOf(owner, rest)) };
      },
    );

    app.post('/launches', { schema: { body: LaunchRequest, response: { 202: Launch } } }, async (request, reply) =>
      reply.status(202).send(await start(authenticated(request), request.body)),
    );

    app.post(
      '/launches/read',
      { schema: { body: LaunchesRead, response: { 204: z.null() } } },
      async (request, reply) => {
        await launches.read(authenticated(request).user.id, request.body.ids);
        return reply.status(204).send(null);
      },
    );

    app.get('/launches/:id', { schema: { params: Id, response: { 200: LaunchDetail } } }, async (request) => {
      const { record, launch } = await readableLaunch(context, request, request.params.id);
      const own = record.userId === authenticated(request).user.id;
      return detailOf(record, launch, own ? 'owner' : 'other');
    });

    app.post(
      '/launches/:id/again',
      { schema: { params: Id, body: LaunchCommand, response: { 202: Launch } } },
      async (request, reply) => {
        const claims = authenticated(request);
        const { record } = await ownLaunch(context, request, request.params.id);
        const { runtime = record.runtime, publicEnv = [...record.publicEnv], args = [...record.args] } = request.body;
        const env = repeatedEnv(request.body.env, record, record.userId === claims.user.id ? 'owner' : 'other');
        return reply.status(202).send(await start(claims, { app: record.appId, runtime, env, publicEnv, args }));
      },
    );

    app.post('/launches/:id/stop', { schema: { params: Id, response: { 204: z.null() } } }, async (request, reply) => {
      const { user } = authenticated(request);
      const { record } = await ownLaunch(context, request, request.params.id);
      const mine = record.userId === user.id;
      if (!mine) events.audit(user.id, 'stopped launch', { launch: record.id });
      await launches.stop(record.id, mine ? 'you' : 'admin');
      return reply.status(204).send(null);
    });

    app.delete('/launches/:id', { schema: { params: Id, response: { 204: z.null() } } }, async (request, reply) => {
      const { record } = await ownLaunch(context, request, request.params.id);
      await launches.remove(record);
      return reply.status(204).send(null);
    });
  };

  function filterOf(
    userId: string,
    { app, since, until, limit }: Omit<z.output<typeof LaunchQuery>, 'user'>,
  ): LaunchFilter {
    return {
      ...(userId === '*' ? {} : { userId }),
      ...(app ? { app } : {}),
      ...(since ? { since: new Date(since) } : {}),
      ...(until ? { until: new Date(until) } : {}),
      limit,
    };
  }
}
