/** Live streams of server-sent events: `/api/v1/events` and `/api/v1/usage`. */
import { setInterval } from 'node:timers/promises';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { visibleTo, type Viewer } from '#domain/catalogue/acl.ts';
import type { CatalogueChange } from '#domain/catalogue/catalogue.ts';
import type { EngineDesktop } from '#domain/ports/engine.ts';
import type { DebugSession } from '#protocol/debug.ts';
import type { DesktopState } from '#protocol/desktop.ts';
import type { ServerEvent } from '#protocol/events.ts';
import type { ApiContext } from '../context.ts';
import { authenticated, viewerOf } from '../session.ts';
import { openEventStream } from '../sse.ts';
import { ignore } from '#protocol/ignore.ts';

/** Kernel counters raise no event, so they are polled while a client is connected. */
const USAGE_EVERY_MS = 2_000;
const SHOWN_LAUNCHES = 200;
const SHOWN_UNSEEN = 50;
const JUST_ENDED_MS = 600_000;

export function eventRoutes(context: ApiContext): FastifyPluginAsyncZod {
  const { hub, desktops, displays, clipboards, prints, openings, launches, catalogue, engine, debug, rebuilds } =
    context;
  async function tellOfApps(
    change: CatalogueChange,
    viewer: Viewer,
    send: (event: ServerEvent) => void,
  ): Promise<void> {
    if (change.type === 'removed') send({ type: 'apps', apps: await catalogue.appsFor(viewer) });
    else if (change.type === 'app' && visibleTo(change.document, viewer)) send(await appEvent(change));
  }

  /** One event for all streams of a change, so that it is presented and serialised once. */
  const appEvents = new WeakMap<CatalogueChange, Promise<ServerEvent>>();
  function appEvent(change: Extract<CatalogueChange, { type: 'app' }>): Promise<ServerEvent> {
    const known = appEvents.get(change);
    if (known !== undefined) return known;
    const event = catalogue.present(change.document).then((app): ServerEvent => ({ type: 'app', app }));
    appEvents.set(change, event);
    return event;
  }

  /** Debug sessions by a user or on their desktop: pending and active ones, and ended ones that they haven't seen. */
  async function debugOf(userId: string): Promise<Iterable<DebugSession>> {
    const [unseen, ended, open] = await Promise.all([
      debug.list({ userId, open: false, seen: false, limit: SHOWN_UNSEEN }),
      debug.list({ involving: userId, open: false, limit: SHOWN_UNSEEN }),
      debug.list({ involving: userId, open: true }),
    ]);
    const from = new Date(Date.now() - JUST_ENDED_MS).toISOString();
    const justEnded = ended.filter(({ status }) => status.state === 'ended' && status.at > from);
    return new Map([...unseen, ...justEnded, ...open].map((session) => [session.id, session])).values();
  }

  return async (app) => {
    app.get('/events', async (request, reply) => {
      const claims = authenticated(request);
      const { user, sessionId } = claims;
      const viewer = viewerOf(claims);
      const stream = openEventStream(request, reply);
      let held: { desktopId: string; release: () => void } | null = null;

      const send = (event: ServerEvent): void => stream.send(event);
      /** Holds the display, and so the window list, and watches for prints, while the stream is open. */
      const hold = (status: DesktopState): void => {
        const running = status.state === 'running' ? desktops.runningOrNull(user.id) : null;
        if (held?.desktopId === running?.id) return;
        held?.release();
        held = running === null ? null : { desktopId: running.id, release: use(running) };
      };
      const use = (running: EngineDesktop): (() => void) => {
        const release = displays.hold(running.id);
        const unwatch = prints.watch(running, (print, missed) => send({ type: 'print', print, missed }));
        return () => {
          release();
          unwatch();
        };
      };
      const stop = hub.subscribe(user.id, (event) => {
        if (event.type === 'session_ended' && event.sessionId !== sessionId) return;
        send(event);
        if (event.type === 'desktop') hold(event.desktop.status);
        if (event.type === 'session_ended' || event.type === 'logged_out') stream.end();
      });
      context.stopping.addEventListener('abort', () => stream.end(), { signal: stream.signal });
      const stopWatching = rebuilds.watch(user.id);
      const stopOpening = openings.attend(claims);
      const stopApps = catalogue.onChange((change) => void tellOfApps(change, viewer, send));
      stream.signal.addEventListener('abort', () => {
        stop();
        stopApps();
        stopWatching();
        stopOpening();
        held?.release();
        held = null;
      });

      const desktop = desktops.get(user.id);
      send({ type: 'desktop', desktop });
      send({ type: 'launches', launches: await launches.list({ userId: user.id, limit: SHOWN_LAUNCHES }) });
      send({ type: 'apps', apps: await catalogue.appsFor(viewer) });
      for (const session of await debugOf(user.id)) send({ type: 'debug', session });
      for (const notice of await rebuilds.notices(user.id)) send({ type: 'notice', notice });
      if (stream.signal.aborted) return;
      hold(desktop.status);
      const offer = desktop.id
        ? await clipboards.offer(desktop.id).catch(ignore('the display is gone or not up yet', null))
        : null;
      send({ type: 'clipboard', rights: clipboards.rights, offer });
      if (desktop.id && context.video)
        send({
          type: 'moving',
          regions: [...(await displays.moving(desktop.id).catch(ignore('the display is gone or not up yet', [])))],
        });
      if (desktop.id)
        send({
          type: 'windows',
          windows: [...(await displays.windows(desktop.id).catch(ignore('the display is gone or not up yet', [])))],
        });
    });

    app.get('/usage', async (request, reply) => {
      const { user } = authenticated(request);
      const stream = openEventStream(request, reply);
      const sample = async (): Promise<void> => {
        const desktop = desktops.runningOrNull(user.id);
        stream.send({
          usage: desktop ? await engine.usage(desktop.id).catch(ignore('the next sample may succeed', [])) : [],
        });
      };
      await sample();
      try {
        for await (const _ of setInterval(USAGE_EVERY_MS, null, { signal: stream.signal })) await sample();
      } catch (error) {
        ignore('the client has disconnected')(error);
      }
    });
  };
}
