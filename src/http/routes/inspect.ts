/** Inspects a desktop through the engine and the kernel: `/api/v1/desktops/:id/…`; your own, or any desktop for staff. */
import { setInterval } from 'node:timers/promises';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { DeskpodError } from '#domain/errors.ts';
import { maskGiven, maskGivenText } from '#domain/launches/environment.ts';
import type { Target } from '#domain/ports/engine-launch.ts';
import { DesktopEvent, Inspection, InspectedProcess, InspectedSocket, Namespaces } from '#protocol/inspect.ts';
import type { ApiContext } from '../context.ts';
import { hiddenValues, readableDesktop, readableLaunch } from '../ownership.ts';
import { type EventStream, openEventStream } from '../sse.ts';

const Id = z.object({ id: z.string().max(253) });
const About = z.object({ launch: z.string().max(253).optional() });
/** Kernel counters and foreign containers raise no event, so they are polled while a client is connected. */
const EVERY_MS = 1_000;

export function inspectRoutes(context: ApiContext): FastifyPluginAsyncZod {
  const { engine, events } = context;
  const { debug } = engine;

  /** The desktop, or a launch of it. */
  async function targetOf(request: FastifyRequest, id: string, launch: string | undefined): Promise<Target> {
    const desktopId = await readableDesktop(context, request, id);
    if (launch === undefined) return { desktopId };
    const { record } = await readableLaunch(context, request, launch);
    if (record.desktopId !== desktopId) throw new DeskpodError('not_found', `There is no launch ${launch} there.`);
    return { desktopId, launchId: record.id };
  }

  async function inspection(request: FastifyRequest, desktopId: string): Promise<Inspection> {
    // A launch that has just started is in the store before it is in the engine.
    const found = await debug.inspect(desktopId);
    const hidden = await hiddenValues(context, request, desktopId);
    const containers = found.containers.map((one) => ({ ...one, environment: maskGiven(one.environment, hidden) }));
    return { ...found, containers };
  }

  async function follow(request: FastifyRequest, desktopId: string, stream: EventStream, first: Inspection) {
    let shown = JSON.stringify(first);
    stream.send(first);
    for await (const _ of setInterval(EVERY_MS, null, { signal: stream.signal })) {
      const now = await inspection(request, desktopId);
      const text = JSON.stringify(now);
      if (text !== shown) stream.send(now);
      shown = text;
    }
  }

  return async (app) => {
    app.get('/desktops/:id/inspect', { schema: { params: Id, response: { 200: Inspection } } }, async (request) =>
      inspection(request, await readableDesktop(context, request, request.params.id)),
    );

    app.get('/desktops/:id/inspect/stream', { schema: { params: Id } }, async (request, reply) => {
      const desktopId = await readableDesktop(context, request, request.params.id);
      const first = await inspection(request, desktopId);
      const stream = openEventStream(request, reply);
      context.stopping.addEventListener('abort', () => stream.end(), { signal: stream.signal });
      try {
        await follow(request, desktopId, stream, first);
      } catch (error) {
        // A desktop that is gone has an event of its own.
        const gone = error instanceof DeskpodError && error.code === 'not_found';
        if (!stream.signal.aborted && !gone) events.failed(`following the inspection of ${desktopId}`, error);
      } finally {
        stream.end();
      }
    });

    app.get('/desktops/:id/namespaces', { schema: { params: Id, response: { 200: Namespaces } } }, async (request) =>
      debug.namespaces(await readableDesktop(context, request, request.params.id)),
    );

    app.get(
      '/desktops/:id/processes',
      { schema: { params: Id, response: { 200: z.object({ processes: z.array(InspectedProcess) }) } } },
      async (request) => ({
        processes: [...(await debug.processes(await readableDesktop(context, request, request.params.id)))],
      }),
    );

    app.get(
      '/desktops/:id/sockets',
      { schema: { params: Id, response: { 200: z.object({ sockets: z.array(InspectedSocket) }) } } },
      async (request) => ({
        sockets: [...(await debug.sockets(await readableDesktop(context, request, request.params.id)))],
      }),
    );

    app.get(
      '/desktops/:id/events',
      { schema: { params: Id, response: { 200: z.object({ events: z.array(DesktopEvent) }) } } },
      async (request) => ({
        events: [...(await debug.events(await readableDesktop(context, request, request.params.id)))],
      }),
    );

    for (const page of ['describe', 'yaml'] as const) {
      app.get(
        `/desktops/:id/${page}`,
        { schema: { params: Id, querystring: About, response: { 200: z.string() } } },
        async (request, reply) => {
          const target = await targetOf(request, request.params.id, request.query.launch);
          void reply.type('text/plain; charset=utf-8');
          const text = await debug[page](target);
          return reply.send(maskGivenText(text, await hiddenValues(context, request, target.desktopId)));
        },
      );
    }
  };
}
