/** Versions, preferences and local users: `/api/v1/system`, `/preferences`, `/users`. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { toPreferences, toStored } from '#domain/desktops/dock.ts';
import { StartTrace } from '#protocol/desktop.ts';
import { MAX_PREFERENCES_BYTES, NewPreferences, Preferences, System, SystemWarning } from '#protocol/system.ts';
import { LocalUserSummary, NewLocalUser, NewRoles } from '#protocol/user.ts';
import type { ApiContext, Claims, LocalUserFacts } from '../context.ts';
import { authenticated, viewerOf, withRole } from '../session.ts';

const Id = z.object({ id: z.string().max(256) });

export function systemRoutes(context: ApiContext): FastifyPluginAsyncZod {
  const { engine, store, desktops, users, events, catalogue } = context;
  return async (app) => {
    app.get(
      '/system',
      { schema: { response: { 200: z.object({ system: System, trace: StartTrace.nullable() }) } } },
      async (request) => {
        const { user } = authenticated(request);
        const { kind, name, version, host } = await engine.info();
        const desktop = desktops.get(user.id);
        const trace = desktop.trace ?? (desktop.id ? await store.traces.last(desktop.id) : null);
        const system: System = {
          version: context.version,
          name: context.server.name,
          roles: [...context.server.roles],
          node: process.version,
          engine: { kind, name, version },
          host,
          uptimeSeconds: Math.round(process.uptime()),
          x11Listen: context.x11Tcp ? 'tcp' : 'unix',
          separateLostHomes: engine.capabilities.separateLostHomes,
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

    const pinned = (claims: Claims) => catalogue.idsOf(context.dock, viewerOf(claims));
    app.get('/preferences', { schema: { response: { 200: Preferences } } }, async (request) => {
      const claims = authenticated(request);
      return toPreferences(await store.preferences.get(claims.user.id), pinned(claims));
    });
    const storing = {
      bodyLimit: MAX_PREFERENCES_BYTES,
      schema: { body: NewPreferences, response: { 200: Preferences } },
    };
    app.put('/preferences', storing, async (request) => {
      const claims = authenticated(request);
      const before = await store.preferences.get(claims.user.id);
      await store.preferences.set(claims.user.id, toStored(request.body, before, pinned(claims)));
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
        events.audit(user.id, 'added user', { target_user: added.id });
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
        events.audit(user.id, 'set the password of', { target_user: request.params.id });
        return reply.status(204).send(null);
      },
    );
    app.put(
      '/users/:id/roles',
      { schema: { params: Id, body: NewRoles, response: { 204: z.null() } } },
      async (request, reply) => {
        const { user } = withRole(request, 'admin');
        const { roles } = request.body;
        await users.setRoles(request.params.id, roles);
        events.audit(user.id, 'set the roles of', { target_user: request.params.id });
        return reply.status(204).send(null);
      },
    );
    app.put(
      '/users/:id/disabled',
      { schema: { params: Id, body: z.object({ disabled: z.boolean() }), response: { 204: z.null() } } },
      async (request, reply) => {
        const { user } = withRole(request, 'admin');
        const { disabled } = request.body;
        await users[disabled ? 'disable' : 'enable'](request.params.id);
        events.audit(user.id, disabled ? 'disabled user' : 'enabled user', { target_user: request.params.id });
        return reply.status(204).send(null);
      },
    );
    app.delete('/users/:id', { schema: { params: Id, response: { 204: z.null() } } }, async (request, reply) => {
      const { user } = withRole(request, 'admin');
      await users.remove(request.params.id);
      events.audit(user.id, 'removed user', { target_user: request.params.id });
      return reply.status(204).send(null);
    });
  };
}

function presentUser({ id, name, labels, createdAt, disabled }: LocalUserFacts): LocalUserSummary {
  return { id, name, labels: [...labels], createdAt: createdAt.toISOString(), disabled };
}
