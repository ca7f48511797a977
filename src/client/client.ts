/** The typed client of `/api/v1`, for the browser and for Node. Every reply is parsed; every failure has a class. */
import { App, type AppDefaults } from '#protocol/app.ts';
import {
  DebugOffer,
  DebugSession,
  type CopyRequest,
  type DebugTarget,
  type ExecRequest,
  type ToolboxRequest,
} from '#protocol/debug.ts';
import { Desktop, type DesktopRequest, DesktopSummary, StartTrace, Ticket } from '#protocol/desktop.ts';
import { ServerEvent } from '#protocol/events.ts';
import { EngineHappening, Inside, InsideProcess, InsideSocket, Namespaces } from '#protocol/inside.ts';
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

const DebugSessions = z.object({ sessions: z.array(DebugSession) });
const Processes = z.object({ processes: z.array(InsideProcess) });
const Sockets = z.object({ sockets: z.array(InsideSocket) });
const Happenings = z.object({ happenings: z.array(EngineHappening) });
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
  const text = async (path: string, signal?: AbortSignal) =>
    (await send(path, { accept: 'text/plain', signal })).text();
  const insidePath = (desktopId: string, rest: string) => `/desktops/${encodeURIComponent(desktopId)}/${rest}`;
  const debugPath = (id: string, rest = '') => `/debug/${encodeURIComponent(id)}${rest}`;
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
      /** Makes it anew without what piled up and starts the same apps again: now, or when nobody looks at it. */
      compact: (when: 'now' | 'idle') => tell('POST', '/desktop/compaction', { when }),
      /** Takes a wish for later back. */
      keepAsItIs: () => tell('DELETE', '/desktop/compaction'),
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
      /** Archive (tar, gzip) for whoever helps: log, description, events, trace, versions; secrets masked. */
      supportUrl: (id: string) => `${options.baseUrl}/api/v1${launchPath(id, '/support')}`,
      support: async (id: string, signal?: AbortSignal) =>
        new Uint8Array(
          await (await send(launchPath(id, '/support'), { accept: 'application/gzip', signal })).arrayBuffer(),
        ),
      stop: (id: string) => tell('POST', launchPath(id, '/stop')),
      again: (id: string, changed: LaunchAgain = {}) => post(launchPath(id, '/again'), Launch, changed),
      /** Forgets a finished launch and its log. */
      remove: (id: string) => tell('DELETE', launchPath(id)),
    },
    /** Looking into what runs: one's own, or others' with their consent or an administrator's approval. */
    debug: {
      offer: (target: DebugTarget, signal?: AbortSignal) =>
        get(`/debug/offer${queryString(target)}`, DebugOffer, signal),
      list: async (query: { user?: string; open?: boolean; limit?: number } = {}, signal?: AbortSignal) =>
        (await get(`/debug${queryString(query)}`, DebugSessions, signal)).sessions,
      get: (id: string, signal?: AbortSignal) => get(debugPath(id), DebugSession, signal),
      /** Returns once it is recorded; what follows is published. So do the next two. */
      toolbox: (request: ToolboxRequest) => post('/debug/toolboxes', DebugSession, request),
      copy: (request: CopyRequest) => post('/debug/copies', DebugSession, request),
      exec: (request: ExecRequest) => post('/debug/execs', DebugSession, request),
      /** By the person whose desktop it is. */
      answer: (id: string, agree: boolean) => post(debugPath(id, '/answer'), DebugSession, { agree }),
      /** By an administrator, when that person does not answer. */
      approve: (id: string, agree: boolean) => post(debugPath(id, '/approval'), DebugSession, { agree }),
      /** Begins its time to live anew. */
      extend: (id: string) => post(debugPath(id, '/extension'), DebugSession),
      end: (id: string) => post(debugPath(id, '/end'), DebugSession),
      /** By the person whose desktop it was: they know of it now. */
      seen: (id: string) => tell('POST', debugPath(id, '/seen')),
      /** asciicast version 2. */
      transcript: (id: string, signal?: AbortSignal) => text(debugPath(id, '/transcript'), signal),
    },
    /** What is inside a desktop: one's own, or anybody's for support and administrators. */
    inside: {
      get: (desktopId: string, signal?: AbortSignal) => get(insidePath(desktopId, 'inside'), Inside, signal),
      stream: (desktopId: string, stream: StreamOptions) =>
        lasting(send, insidePath(desktopId, 'inside/stream'), Inside, { idleMs: STREAM_IDLE_MS, ...stream }),
      namespaces: (desktopId: string, signal?: AbortSignal) =>
        get(insidePath(desktopId, 'namespaces'), Namespaces, signal),
      processes: async (desktopId: string, signal?: AbortSignal) =>
        (await get(insidePath(desktopId, 'processes'), Processes, signal)).processes,
      sockets: async (desktopId: string, signal?: AbortSignal) =>
        (await get(insidePath(desktopId, 'sockets'), Sockets, signal)).sockets,
      happenings: async (desktopId: string, signal?: AbortSignal) =>
        (await get(insidePath(desktopId, 'happenings'), Happenings, signal)).happenings,
      /** Of the desktop, or of a launch beside it. */
      describe: (desktopId: string, launch?: string, signal?: AbortSignal) =>
        text(insidePath(desktopId, `describe${queryString({ launch })}`), signal),
      yaml: (desktopId: string, launch?: string, signal?: AbortSignal) =>
        text(insidePath(desktopId, `yaml${queryString({ launch })}`), signal),
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

function queryString(given: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(given))
    if (value !== undefined && value !== '') pairs.set(name, String(value));
  return pairs.size === 0 ? '' : `?${pairs.toString()}`;
}
