/** The typed client of `/api/v1`, for the browser and for Node. Every reply is parsed; every failure has a class. */
import { App, type AppDefaults } from '#protocol/app.ts';
import { Desktop, type DesktopRequest, DesktopSummary, StartTrace, Ticket } from '#protocol/desktop.ts';
import { ServerEvent } from '#protocol/events.ts';
import {
  Launch,
  type LaunchAgain,
  LaunchDetail,
  type LaunchQuery,
  type LaunchRequest,
  Usage,
} from '#protocol/launch.ts';
import { Preferences, System, SystemWarning } from '#protocol/system.ts';
import {
  LocalUserSummary,
  LoginOptions,
  LoginRecord,
  type LoginRequest,
  type NewLocalUser,
  Session,
} from '#protocol/user.ts';
import type { WindowAction } from '#protocol/window.ts';
import { z } from 'zod';
import { type ClientOptions, createSend, parseReply } from './request.ts';
import { lasting, logLines, type StreamOptions } from './stream.ts';

/** All of the caller's own launches without one. */
export type LaunchFilter = Omit<LaunchQuery, 'limit'> & { readonly limit?: number | undefined };

const Launches = z.object({ launches: z.array(Launch) });
const WarningsReply = z.object({ warnings: z.array(SystemWarning) });
const SystemReply = z.object({ system: System, trace: StartTrace.nullable() });
export type SystemReply = z.infer<typeof SystemReply>;

/** The server comments on idle streams more often than this. */
const STREAM_IDLE_MS = 45_000;

export type Client = ReturnType<typeof createClient>;

export function createClient(options: ClientOptions) {
  const send = createSend(options);
  const get = async <Schema extends z.ZodType>(path: string, schema: Schema, signal?: AbortSignal) =>
    parseReply(await send(path, { signal }), schema);
  const post = async <Schema extends z.ZodType>(path: string, schema: Schema, body?: unknown, signal?: AbortSignal) =>
    parseReply(await send(path, { method: 'POST', body, signal }), schema);
  const tell = async (method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<void> => {
    // Read, not cancelled: browsers report a cancelled answer as a failed request.
    await (await send(path, { method, body })).arrayBuffer();
  };
  const launchPath = (id: string, rest = '') => `/launches/${encodeURIComponent(id)}${rest}`;

  return {
    session: {
      options: () => get('/login-options', LoginOptions),
      /** The token is for callers that keep no cookies. */
      login: (request: LoginRequest) => post('/session', Session.extend({ token: z.string() }), request),
      /** Throws ApiError `not_authenticated` when nobody is logged in. */
      current: () => get('/session', Session),
      /** Ends the session; the desktop keeps running. */
      disconnect: () => tell('DELETE', '/session'),
      /** Ends the session and removes desktop, launches and secrets. */
      logout: () => tell('POST', '/session/logout'),
      history: async () => (await get('/sessions', z.object({ logins: z.array(LoginRecord) }))).logins,
    },
    desktop: {
      /** Makes the desktop or finds it running; returns at once, progress comes as events. */
      start: (request: DesktopRequest) => post('/desktop', Desktop, request),
      get: () => get('/desktop', Desktop),
      ticket: (signal?: AbortSignal) => post('/desktop/ticket', Ticket, undefined, signal),
      /** Tells the start trace that the first frame is painted, `ms` after the browser asked for the screen. */
      firstPixel: (ms: number) => tell('POST', '/desktop/first-pixel', { ms }),
      /** Windows, wallpaper and programs of the desktop follow the shell. */
      theme: (dark: boolean) => tell('PUT', '/desktop/theme', { dark }),
      /** Removes the desktop; the session stays. */
      remove: () => tell('DELETE', '/desktop'),
    },
    /** Everybody's, for support and administrators. */
    desktops: {
      list: async () => (await get('/desktops', z.object({ desktops: z.array(DesktopSummary) }))).desktops,
      remove: (id: string) => tell('DELETE', `/desktops/${encodeURIComponent(id)}`),
    },
    /** Local logins, for administrators. */
    users: {
      list: async () => (await get('/users', z.object({ users: z.array(LocalUserSummary) }))).users,
      add: (user: NewLocalUser) => post('/users', LocalUserSummary, user),
      setPassword: (id: string, password: string) =>
        tell('PUT', `/users/${encodeURIComponent(id)}/password`, { password }),
      remove: (id: string) => tell('DELETE', `/users/${encodeURIComponent(id)}`),
    },
    apps: {
      list: async () => (await get('/apps', z.object({ apps: z.array(App) }))).apps,
      install: (app: string) => tell('POST', '/apps/install', { app }),
      /** For administrators: what is added to every launch of the app. */
      keepDefaults: (app: string, defaults: AppDefaults) => tell('PUT', '/apps/defaults', { app, ...defaults }),
    },
    launches: {
      list: async (query: LaunchFilter = {}, signal?: AbortSignal) =>
        (await get(`/launches${queryString(query)}`, Launches, signal)).launches,
      start: (request: LaunchRequest) => post('/launches', Launch, request),
      get: (id: string, signal?: AbortSignal) => get(launchPath(id), LaunchDetail, signal),
      logUrl: (id: string) => `${options.baseUrl}/api/v1${launchPath(id, '/log')}`,
      log: async (id: string, signal?: AbortSignal) =>
        (await send(launchPath(id, '/log'), { accept: 'text/plain', signal })).text(),
      logStream: (id: string, signal: AbortSignal) => logLines(send, launchPath(id, '/log/stream'), signal),
      stop: (id: string) => tell('POST', launchPath(id, '/stop')),
      again: (id: string, changed: LaunchAgain = {}) => post(launchPath(id, '/again'), Launch, changed),
      /** Forgets a finished launch and its log. */
      remove: (id: string) => tell('DELETE', launchPath(id)),
    },
    windows: {
      act: (id: number, action: WindowAction) => tell('POST', `/windows/${id}`, action),
    },
    system: {
      get: () => get('/system', SystemReply),
      /** For administrators: what should be mended here. */
      warnings: async (signal?: AbortSignal) => (await get('/warnings', WarningsReply, signal)).warnings,
    },
    preferences: {
      get: () => get('/preferences', Preferences),
      put: (preferences: Preferences) => tell('PUT', '/preferences', preferences),
    },
    /** Snapshot, then changes; reconnects until the signal aborts. */
    events: (stream: StreamOptions) => lasting(send, '/events', ServerEvent, { idleMs: STREAM_IDLE_MS, ...stream }),
    /** What running launches use, as often as the server measures, while it is read. */
    usage: (stream: StreamOptions) =>
      lasting(send, '/usage', z.object({ usage: z.array(Usage) }), { idleMs: STREAM_IDLE_MS, ...stream }),
  };
}

function queryString({ user, app, since, until, limit }: LaunchFilter): string {
  const pairs = new URLSearchParams();
  const given = { user, app, since, until, limit: limit === undefined ? undefined : String(limit) };
  for (const [name, value] of Object.entries(given))
    if (typeof value === 'string' && value !== '') pairs.set(name, value);
  return pairs.size === 0 ? '' : `?${pairs.toString()}`;
}
