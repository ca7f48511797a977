/** Which launch plays: `/api/v1/desktop/sound`. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { SoundOwner, SoundSource } from '#protocol/sound.ts';
import type { ApiContext } from '../context.ts';
import { authenticated } from '../session.ts';

export function soundRoutes({ desktops, launches, engine }: ApiContext): FastifyPluginAsyncZod {
  return async (app) => {
    app.post(
      '/desktop/sound/owner',
      { schema: { body: SoundSource, response: { 200: SoundOwner } } },
      async (request) => {
        const { id } = desktops.running(authenticated(request).user.id);
        const { pid, machine } = request.body;
        // First: a launch with a machine name of its own counts its processes itself.
        const there = launches.ofMachine(id, machine);
        return { launchId: there ?? (pid === null ? null : await engine.launchOfProcess(id, pid)) };
      },
    );
  };
}
