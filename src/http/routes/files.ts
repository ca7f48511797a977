/** A ticket for the files of the caller's desktop, as a cookie: `/api/v1/desktop/files`. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { homeFolder } from '#domain/names.ts';
import { filesCookie } from '#domain/server/session-token.ts';
import { FilesSession } from '#protocol/files.ts';
import type { ApiContext } from '../context.ts';
import { filesClaims } from '../files-claims.ts';
import { authenticated } from '../session.ts';

export function filesTicketRoutes(context: ApiContext): FastifyPluginAsyncZod {
  const { tickets, cookieName, server } = context;
  return async (app) => {
    app.post('/desktop/files', { schema: { response: { 200: FilesSession } } }, async (request, reply) => {
      const claims = authenticated(request);
      const { ticket, ...allowed } = await filesClaims(context, claims);
      const { token, expiresAt } = await tickets.issue(ticket);
      void reply.setCookie(filesCookie(cookieName), token, {
        path: `${server.path}files/`,
        httpOnly: true,
        sameSite: 'strict',
        secure: request.protocol === 'https',
        maxAge: Math.max(1, Math.floor((expiresAt.getTime() - Date.now()) / 1000)),
      });
      return { expiresAt: expiresAt.toISOString(), home: homeFolder(claims.user.id), ...allowed };
    });
  };
}
