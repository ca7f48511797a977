/** Personal access tokens for the caller's files: `/api/v1/access-tokens`. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { DeskpodError } from '#domain/errors.ts';
import type { StoredAccessToken } from '#domain/ports/store.ts';
import { AccessToken, AccessTokens, MadeAccessToken, NewAccessToken } from '#protocol/access-token.ts';
import type { ApiContext } from '../context.ts';
import { authenticated } from '../session.ts';

export function accessTokenRoutes({ accessTokens, files, store, events }: ApiContext): FastifyPluginAsyncZod {
  return async (app) => {
    app.get('/access-tokens', { schema: { response: { 200: AccessTokens } } }, async (request) => {
      const tokens = await accessTokens.list(authenticated(request).user.id);
      return { tokens: tokens.map(present), enabled: files.webdav };
    });

    const made = { body: NewAccessToken, response: { 200: MadeAccessToken } };
    app.post('/access-tokens', { schema: made }, async (request) => {
      const { user, account, sessionId } = authenticated(request);
      if (sessionId === 'local') throw new DeskpodError('forbidden', 'The local administrator has no files.');
      if (!files.webdav)
        throw new DeskpodError('forbidden', 'Opening files with other programs is switched off on this server.', {
          remedy: 'An administrator can switch it on with the setting files.webdav.',
        });
      const open = await store.logins.open(new Date(), user.id);
      const login = open.find((entry) => entry.sessionId === sessionId)?.login ?? null;
      const { token, stored } = await accessTokens.make({ user, account }, { ...request.body, login });
      events.audit(user.id, 'made an access token for', { target_user: user.id, name: stored.name });
      return { ...present(stored), token };
    });

    const one = { params: z.object({ id: z.string().min(1).max(64) }), response: { 204: z.null() } };
    app.delete('/access-tokens/:id', { schema: one }, async (request, reply) => {
      const { user } = authenticated(request);
      await accessTokens.revoke(user.id, request.params.id);
      events.audit(user.id, 'revoked an access token of', { target_user: user.id });
      return reply.status(204).send(null);
    });
  };
}

function present({ id, name, createdAt, usedAt, expiresAt }: StoredAccessToken): AccessToken {
  return {
    id,
    name,
    createdAt: createdAt.toISOString(),
    usedAt: usedAt && usedAt.toISOString(),
    expiresAt: expiresAt && expiresAt.toISOString(),
  };
}
