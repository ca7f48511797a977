/** The desktop's clipboard, except for text that RFB carries: `/api/v1/desktop/clipboard`. */
import type { FastifyReply } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { DeskpodError } from '#domain/errors.ts';
import { CLIPBOARD_PATH, ClipboardType } from '#protocol/clipboard.ts';
import { CLIPBOARD_BODY_TYPE, decodeClipboard, MAX_CLIPBOARD_BODY_BYTES } from '#protocol/clipboard-body.ts';
import type { ApiContext } from '../context.ts';
import { authenticated } from '../session.ts';

/** Of one user at the same time, because each body is in memory. */
const MOST_WRITES = 2;

export function clipboardRoutes({ clipboards, desktops }: ApiContext): FastifyPluginAsyncZod {
  const writes = new Map<string, number>();

  /** Counts until the reply has ended, in whichever way. */
  function count(userId: string, reply: FastifyReply): void {
    const open = writes.get(userId) ?? 0;
    if (open >= MOST_WRITES)
      throw new DeskpodError('too_many_open', 'Something else is on its way to the clipboard. Try again in a moment.');
    writes.set(userId, open + 1);
    reply.raw.once('close', () => {
      const left = (writes.get(userId) ?? 1) - 1;
      if (left > 0) writes.set(userId, left);
      else writes.delete(userId);
    });
  }

  return async (app) => {
    app.addContentTypeParser(
      CLIPBOARD_BODY_TYPE,
      { parseAs: 'buffer', bodyLimit: MAX_CLIPBOARD_BODY_BYTES },
      (_request, body, done) => done(null, body),
    );

    app.put(
      CLIPBOARD_PATH,
      {
        schema: { consumes: [CLIPBOARD_BODY_TYPE], response: { 204: z.null() } },
        bodyLimit: MAX_CLIPBOARD_BODY_BYTES,
        onRequest: async (request, reply) => count(authenticated(request).user.id, reply),
      },
      async (request, reply) => {
        const { user } = authenticated(request);
        const body = Buffer.isBuffer(request.body) ? decodeClipboard(request.body) : null;
        if (body === null) {
          const remedy = `Send ${CLIPBOARD_BODY_TYPE}: the length of a JSON head, the head, then the data.`;
          throw new DeskpodError('invalid_request', 'The body has no forms of something copied.', { remedy });
        }
        const forms = body.forms.map(({ type, data }) => ({
          type,
          data: Buffer.from(data.buffer, data.byteOffset, data.length),
        }));
        await clipboards.write({ userId: user.id, desktopId: desktops.running(user.id).id }, forms, body.from);
        return reply.status(204).send(null);
      },
    );

    const params = z.object({ id: z.string().max(64) });
    const querystring = z.object({ type: ClipboardType });
    app.get(`${CLIPBOARD_PATH}/:id`, { schema: { params, querystring }, compress: false }, async (request, reply) => {
      const { user } = authenticated(request);
      const caller = { userId: user.id, desktopId: desktops.running(user.id).id };
      const data = await clipboards.read(caller, request.params.id, request.query.type);
      // Never as what it says it is: a page of an app in the desktop would be one of this server.
      return reply
        .type('application/octet-stream')
        .header('content-disposition', 'attachment')
        .header('cache-control', 'no-store')
        .send(data);
    });
  };
}
