/**
 * The role gateway in a separate process: pages, screens, sound, video by ticket; forwards everything else to the API. It uses the same
 * keys as the API: if those change, it reads its files again.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { createTicketReader } from '#auth/tickets.ts';
import { awaitGatewayKeys, type GatewayKeys, readGatewayKeys } from '#auth/gateway-keys.ts';
import { gatewayToken } from '#auth/gateway-token.ts';
import { createUserTokenReader, sessionCookie } from '#auth/user-tokens.ts';
import { Closings } from '#domain/server/closings.ts';
import { DeskpodError } from '#domain/errors.ts';
import { filesCookie, sessionToken } from '#domain/server/session-token.ts';
import type { ConnectionLimits } from '#domain/server/open-connections.ts';
import type { Viewers } from '#domain/server/session-ends.ts';
import { seenIn, Sessions } from '#domain/server/sessions.ts';
import type { Events } from '#events';
import { Affinity } from '#gateway/api/affinity.ts';
import { followClosings } from '#gateway/api/closings-feed.ts';
import { type ApiProxy, createApiProxy } from '#gateway/api/proxy.ts';
import { davTicketsOfApi } from '#gateway/api/dav-tickets.ts';
import { ApiReplicas } from '#gateway/api/replicas.ts';
import type { AdmissionRules } from '#gateway/admit.ts';
import { createGateway, type Gateway } from '#gateway/gateway.ts';
import { createDav } from '#gateway/dav/dav.ts';
import { createFiles, type Files } from '#gateway/files/files.ts';
import { Rooms } from '#gateway/files/rooms.ts';
import type { AllowedOrigin } from '#gateway/origin.ts';
import { filesConnector, screenConnector, soundConnector, soundRuns, videoConnector } from '#gateway/screen-connect.ts';
import { createSounds, type Sounds } from '#gateway/sound/sounds.ts';
import { createVideos, type Videos } from '#gateway/video/videos.ts';
import { filesRoutes } from '#http/files.ts';
import { passOnRoutes } from '#http/pass-on.ts';
import type { Role } from './role.ts';
import { screenRoutes, soundRoute, videoRoute } from './screens.ts';

export interface GatewayRoleOptions {
  readonly keysDir: string;
  /** URL of the API. */
  readonly apiUrl: string;
  readonly apiServiceUrl: string | null;
  readonly events: Events;
  readonly allowedOrigin: AllowedOrigin;
  readonly limits: ConnectionLimits;
  readonly listen: { readonly path: string };
}

export interface GatewayRole extends Role {
  /** It has no keys yet, so pages couldn't do anything. */
  isStarting(): boolean;
}

interface Opened {
  readonly gateway: Gateway;
  readonly files: Files;
  readonly dav: Files;
  readonly sounds: Sounds;
  readonly videos: Videos;
  readonly proxy: ApiProxy;
  sessionUser(headers: IncomingHttpHeaders): Promise<string | null>;
  /** Identifies the keys. */
  readonly state: string;
  close(): Promise<void>;
}

/** Returns at once; isn't ready until its keys exist. */
export function openGateway(options: GatewayRoleOptions): GatewayRole {
  const { keysDir, events } = options;
  const stopping = new AbortController();
  let opened: Opened | null = null;
  let reason = 'reading the keys';
  const waiting = (why: string): void => {
    if (why !== reason) events.warn(why);
    reason = why;
  };
  const use = (keys: GatewayKeys): void => {
    opened?.close().catch((error: unknown) => events.failed('closing viewers with old keys', error));
    opened = stopping.signal.aborted ? null : open(keys, options, () => void replaceKeys());
  };
  /** Changed files alone don't matter: the API uses the old keys until it restarts. */
  const replaceKeys = async (): Promise<void> => {
    const found = await readGatewayKeys(keysDir).catch((error: unknown) => String(error));
    if (typeof found === 'string') return waiting(found);
    if (opened?.state === gatewayToken(found, 'state')) return;
    events.warn('the keys were replaced; using the new ones');
    use(found);
  };
  const begin = (keys: GatewayKeys): void => {
    events.log.info('read the keys; this gateway is ready');
    use(keys);
  };
  const opening = awaitGatewayKeys(keysDir, waiting, stopping.signal).then(begin, (error: unknown) => {
    if (!stopping.signal.aborted) events.failed('opening the gateway', error);
  });
  const current = (): Opened => {
    if (opened === null) throw new DeskpodError('engine_unavailable', `This gateway isn't ready: ${reason}.`);
    return opened;
  };
  return {
    plugins: [
      passOnRoutes(() => current().proxy),
      filesRoutes(() => current().files),
      filesRoutes(() => current().dav, '/dav'),
    ],
    upgrades: [
      ...screenRoutes(async (request, socket, head) => current().gateway.handleUpgrade(request, socket, head)),
      soundRoute(async (request, socket, head) => current().sounds.handleUpgrade(request, socket, head)),
      videoRoute(async (request, socket, head) => current().videos.handleUpgrade(request, socket, head)),
      {
        path: '/api/v1/terminal',
        handle: async (request, socket, head) => current().proxy.upgrade(request, socket, head),
      },
    ],
    isStarting: () => opened === null,
    ready: () => (opened === null ? reason : null),
    userOf: (request) => opened?.proxy.userOf(request.raw) ?? null,
    sessionUser: async (headers) => await current().sessionUser(headers),
    gatewayToken: null,
    async closeViewers() {
      opened?.files.close();
      opened?.dav.close();
      await Promise.all([opened?.gateway.close(), opened?.sounds.close(), opened?.videos.close()]);
    },
    settled: async () => {},
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await opening;
      await opened?.close();
    },
  };
}

/** Calls `refused` if an API replica doesn't have these keys. */
function open(
  keys: GatewayKeys,
  { apiUrl, apiServiceUrl, events, allowedOrigin, limits, listen }: GatewayRoleOptions,
  refused: () => void,
): Opened {
  const closing = new AbortController();
  const replicas = new ApiReplicas({ url: apiUrl, serviceUrl: apiServiceUrl });
  const closings = new Closings();
  const cookieName = sessionCookie(keys);
  const closeSession = (sessionId: string): void => all().forEach((open) => open.closeSession(sessionId));
  const sessions = new Sessions(limits, closeSession);
  const admission: AdmissionRules = {
    tickets: createTicketReader({ keys }),
    allowedOrigin,
    stillValid: (claims) => !closings.hasEnded(claims),
    seen: (claims) => seenIn(sessions, claims),
  };
  const gateway: Gateway = createGateway({
    ...admission,
    connect: screenConnector(null),
    count: ({ userId }) => sessions.connections.open(userId, 'screens'),
    events,
  });
  const rooms = new Rooms();
  const files: Files = createFiles({
    ...admission,
    rooms,
    cookieName: filesCookie(cookieName),
    prefix: listen.path,
    connect: filesConnector(null),
    isBehind: (userId) => gateway.isBehind(userId),
    events,
  });
  const dav: Files = createDav({
    ...admission,
    rooms,
    ticketFor: davTicketsOfApi({
      replicas,
      token: gatewayToken(keys, 'closings'),
      forwardToken: gatewayToken(keys, 'forward'),
    }),
    prefix: listen.path,
    connect: filesConnector(null),
    isBehind: (userId) => gateway.isBehind(userId),
    events,
  });
  const sounds: Sounds = createSounds({
    ...admission,
    connect: soundConnector(null),
    runs: soundRuns(null),
    events,
  });
  const videos: Videos = createVideos({ ...admission, connect: videoConnector(null), events });
  const all = (): Viewers[] => [gateway, files, dav, sounds, videos];
  closings.subscribe((closed) => {
    if (closed.type === 'desktop') all().forEach((open) => open.closeDesktop(closed.desktopId));
    else if (closed.type === 'user') all().forEach((open) => open.closeUser(closed.userId, new Date(closed.before)));
    else if (closed.type === 'session') {
      closeSession(closed.sessionId);
      sessions.ended(closed.sessionId);
    } else sessions.extended(closed.sessionId, new Date(closed.endsAt));
  });
  const feed = { replicas, token: gatewayToken(keys, 'closings'), closed: closings.add.bind(closings), refused };
  followClosings(feed, closing.signal).catch((error: unknown) => events.failed('following the closings', error));
  const tokens = createUserTokenReader({ keys });
  const proxy = createApiProxy({
    replicas,
    affinity: new Affinity(tokens, cookieName),
    token: gatewayToken(keys, 'forward'),
    failed: events.failed,
  });
  return {
    gateway,
    files,
    dav,
    sounds,
    videos,
    proxy,
    async sessionUser(headers) {
      const token = sessionToken(headers, cookieName);
      const claims = token === null ? null : await tokens.verify(token);
      if (claims === null) return null;
      const { sessionId, user, since: sessionSince } = claims;
      return closings.hasEnded({ sessionId, userId: user.id, sessionSince }) ? null : user.id;
    },
    state: gatewayToken(keys, 'state'),
    async close() {
      closing.abort();
      sessions[Symbol.dispose]();
      files.close();
      dav.close();
      await Promise.all([gateway.close(), sounds.close(), videos.close()]);
      proxy.close();
    },
  };
}
