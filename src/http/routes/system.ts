/** Versions, preferences and local users: `/api/v1/system`, `/preferences`, `/users`. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { StartTrace } from '#protocol/desktop.ts';
import { Preferences, System, SystemWarning } from '#protocol/system.ts';
import { LocalUserSummary, NewLocalUser } from '#protocol/user.ts';
import type { ApiContext, LocalUserFacts } from '../context.ts';
import { authenticated, withRole } from '../session.ts';

const Id = z.object({ id: z.string().max(256) });

export function systemRoutes(context: ApiContext): FastifyPluginAsyncZod {
  const { engine, store, desktops, users, events } = context;
  return async (app) => {
    app.get(
      '/system',
      { schema: { response: { 200: z.object({ system: System, trace: StartTrace.nullable() }) } } },
      async (request) => {
        const { user } = authenticated(request);
        const { kind, name, version, place } = await engine.info();
        const desktop = desktops.get(user.id);
        const trace = desktop.trace ?? (desktop.id ? await store.traces.last(desktop.id) : null);
        const system: System = {
          version: context.version,
          name: context.server.name,
          roles: [...context.server.roles],
          node: process.version,
          engine: { kind, name, version },
          host: place,
          uptimeSeconds: Math.round(process.uptime()),
          x11Listen: context.x11Tcp ? 'tcp' : 'unix',
        };
        return { system, trace };
      },
    );

    app.get(
      '/warnings',
      { schema: { response: { 200: z.object({ warnings: z.array(SystemWarning) }) } } },
      async (request) => {
        withRole(request, 'admin');
        return { warnings: [...context.warnings()] };
      },
    );

    app.get('/preferences', { schema: { response: { 200: Preferences } } }, async (request) =>
      store.preferences.get(authenticated(request).user.id),
    );
    app.put('/preferences', { schema: { body: Preferences, response: { 200: Preferences } } }, async (request) => {
      await store.preferences.set(authenticated(request).user.id, request.body);
      return request.body;
    });

    app.get(
      '/users',
      { schema: { response: { 200: z.object({ users: z.array(LocalUserSummary) }) } } },
      async (request) => {
        withRole(request, 'admin');
        return { users: (await users.list()).map(presentUser) };
      },
    );
    app.post(
      '/users',
      { schema: { body: NewLocalUser, response: { 201: LocalUserSummary } } },
      async (request, reply) => {
        const { user } = withRole(request, 'admin');
        const { id, ...rest } = request.body;
        const added = await users.add({ ...rest, ...(id ? { id } : {}) });
        events.audit(user.id, 'added user', added.id);
        return reply.status(201).send(presentUser(added));
      },
    );
    const body = z.object({ password: z.string().min(1).max(1024) });
    app.put(
      '/users/:id/password',
      { schema: { params: Id, body, response: { 204: z.null() } } },
      async (request, reply) => {
        const { user } = withRole(request, 'admin');
        await users.setPassword(request.params.id, request.body.password);
        events.audit(user.id, 'set the password of', request.params.id);
        return reply.status(204).send(null);
      },
    );
    app.delete('/users/:id', { schema: { params: Id, response: { 204: z.null() } } }, async (request, reply) => {
      const { user } = withRole(request, 'admin');
      await users.remove(request.params.id);
      events.audit(user.id, 'removed user', request.params.id);
      return reply.status(204).send(null);
    });
  };
}

function presentUser({ id, name, labels, createdAt }: LocalUserFacts): LocalUserSummary {
  return { id, name, labels: [...labels], createdAt: createdAt.toISOString() };
}
