/** A ticket for the files of the caller's desktop, as a cookie: `/api/v1/desktop/files`. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { DeskpodError } from '#domain/errors.ts';
import { homeFolder } from '#domain/names.ts';
import { filesCookie } from '#domain/server/session-token.ts';
import { FilesSession } from '#protocol/files.ts';
import type { ApiContext } from '../context.ts';
import { authenticated } from '../session.ts';

export function filesTicketRoutes(context: ApiContext): FastifyPluginAsyncZod {
  const { desktops, engine, tickets, homeSizes, files, cookieName, server } = context;
  return async (app) => {
    app.post('/desktop/files', { schema: { response: { 200: FilesSession } } }, async (request, reply) => {
      const { user, sessionId, since: sessionSince, expiresAt: sessionEndsAt } = authenticated(request);
      const desktop = desktops.running(user.id);
      const endpoint = desktop.services.files;
      if (endpoint === undefined)
        throw new DeskpodError('service_unavailable', 'This desktop has no files service.', {
          remedy: 'Rebuild it. On Kubernetes, an administrator can add files to kubernetes.services.',
        });
      const [{ filesPassword }, usedBytes] = await Promise.all([
        engine.credentials(desktop.id),
        homeSizes.use(desktop),
      ]);
      const space = usedBytes === null ? null : { usedBytes, limitBytes: homeSizes.limitBytes };
      const room = space === null ? null : Math.max(0, space.limitBytes - space.usedBytes);
      const upload = { allowed: files.upload, maxBytes: least(files.maxUploadBytes, room) };
      const download = { allowed: files.download, maxBytes: files.maxDownloadBytes };
      const { token, expiresAt } = await tickets.issue({
        desktopId: desktop.id,
        userId: user.id,
        sessionId,
        sessionSince,
        sessionEndsAt,
        vncPassword: '',
        screen: null,
        uid: desktop.uid,
        files: { endpoint, credential: filesPassword },
        rights: { screen: 'none', clipboardIn: false, clipboardOut: false, upload, download },
      });
      void reply.setCookie(filesCookie(cookieName), token, {
        path: `${server.path}files/`,
        httpOnly: true,
        sameSite: 'strict',
        secure: request.protocol === 'https',
        maxAge: Math.max(1, Math.floor((expiresAt.getTime() - Date.now()) / 1000)),
      });
      return { expiresAt: expiresAt.toISOString(), home: homeFolder(user.id), upload, download, space };
    });
  };
}

/** Null: no limit. */
function least(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}
