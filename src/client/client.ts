/** The typed client of `/api/v1`, for the browser and for Node. Every reply is parsed; every failure has a class. */
import { AccessTokens, MadeAccessToken, type NewAccessToken } from '#protocol/access-token.ts';
import { App, type AppDefaults } from '#protocol/app.ts';
import { AppStoreEvent, AppStoreList } from '#protocol/app-store.ts';
import { CLIPBOARD_PATH, type ClipboardType } from '#protocol/clipboard.ts';
import { CLIPBOARD_BODY_TYPE, type ClipboardBody, encodeClipboard } from '#protocol/clipboard-body.ts';
import type { Scale } from '#protocol/scale.ts';
import { SoundOwner, type SoundSource } from '#protocol/sound.ts';
import {
  DebugOffer,
  DebugSession,
  type CopyRequest,
  type DebugTarget,
  type ExecRequest,
  type ToolboxRequest,
} from '#protocol/debug.ts';
import {
  Desktop,
  type DesktopRequest,
  DesktopSummary,
  StartTrace,
  Ticket,
  type TicketRequest,
} from '#protocol/desktop.ts';
import { ServerEvent } from '#protocol/events.ts';
import { FilesSession } from '#protocol/files.ts';
import { HomeFiles } from '#protocol/home.ts';
import { DesktopEvent, Inspection, InspectedProcess, InspectedSocket, Namespaces } from '#protocol/inspect.ts';
import {
  Launch,
  type LaunchCommand,
  LaunchDetail,
  type LaunchQuery,
  type LaunchRequest,
  Usage,
} from '#protocol/launch.ts';
import { Limits } from '#protocol/limits.ts';
import { Prints, type ShownPrint } from '#protocol/print.ts';
import { type OpenRequest, OpenResult } from '#protocol/open.ts';
import { Preferences, System, SystemWarning } from '#protocol/system.ts';
import {
  LocalUserSummary,
  LoginOptions,
  LoginRecord,
  type LoginRequest,
  type NewLocalUser,
  type Role,
  Session,
} from '#protocol/user.ts';
import type { WindowAction } from '#protocol/window.ts';
import { z } from 'zod';
import { ReplyError } from './errors.ts';
import { type ClientOptions, createSend, parseReply } from './request.ts';
import { lasting, logLines, type StreamOptions } from './stream.ts';

/** Without a filter: all of the caller's own launches. */
export type LaunchFilter = Omit<LaunchQuery, 'limit'> & { readonly limit?: number | undefined };

const DebugSessions = z.object({ sessions: z.array(DebugSession) });
const Processes = z.object({ processes: z.array(InspectedProcess) });
const Sockets = z.object({ sockets: z.array(InspectedSocket) });
const DesktopEvents = z.object({ events: z.array(DesktopEvent) });
const Launches = z.object({ launches: z.array(Launch) });
const WarningsReply = z.object({ warnings: z.array(SystemWarning) });
const SystemReply = z.object({ system: System, trace: StartTrace.nullable() });
export type SystemReply = z.infer<typeof SystemReply>;

/** The server sends a comment on an idle stream more often than this. */
const STREAM_IDLE_MS = 45_000;

export type Client = ReturnType<typeof createClient>;

export function createClient(options: ClientOptions) {
  const send = createSend(options);
  const get = async <Schema extends z.ZodType>(path: string, schema: Schema, signal?: AbortSignal) =>
    parseReply(await send(path, { signal }), schema);
  const post = async <Schema extends z.ZodType>(path: string, schema: Schema, body?: unknown, signal?: AbortSignal) =>
    parseReply(await send(path, { method: 'POST', body, signal }), schema);
  const submit = async (method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<void> => {
    // Reads the body, as browsers report a cancelled response as a failed request.
    await (await send(path, { method, body })).arrayBuffer();
  };
  const text = async (path: string, signal?: AbortSignal) =>
    (await send(path, { accept: 'text/plain', signal })).text();
  const inspectPath = (desktopId: string, rest: string) => `/desktops/${encodeURIComponent(desktopId)}/${rest}`;
  const debugPath = (id: string, rest = '') => `/debug/${encodeURIComponent(id)}${rest}`;
  const launchPath = (id: string, rest = '') => `/launches/${encodeURIComponent(id)}${rest}`;

  return {
    session: {
      options: () => get('/login-options', LoginOptions),
      /** The token is for clients without cookies. */
      login: (request: LoginRequest) => post('/session', Session.extend({ token: z.string() }), request),
      /** Throws ApiError `not_authenticated` without a login. */
      current: () => get('/session', Session),
      /** Extends the session, up to its maximum lifetime. */
      extend: () => post('/session/extend', Session),
      /** Ends the session; the desktop keeps running. */
      disconnect: () => submit('DELETE', '/session'),
      /** Ends the session and removes desktop, launches and secrets. */
      logout: () => submit('POST', '/session/logout'),
      /** Ends another of the caller's sessions. */
      end: (id: string) => submit('DELETE', `/sessions/${encodeURIComponent(id)}`),
      /** Ends all sessions of the caller, this one included; the desktop keeps running. */
      endAll: () => submit('DELETE', '/sessions'),
      /** For the files at `/dav/`. */
      tokens: {
        list: () => get('/access-tokens', AccessTokens),
        make: (token: NewAccessToken) => post('/access-tokens', MadeAccessToken, token),
        revoke: (id: string) => submit('DELETE', `/access-tokens/${encodeURIComponent(id)}`),
      },
      history: async () => (await get('/sessions', z.object({ logins: z.array(LoginRecord) }))).logins,
    },
    desktop: {
      /** Starts the desktop unless it runs already; returns at once, progress arrives as events. */
      start: (request: DesktopRequest) => post('/desktop', Desktop, request),
      get: () => get('/desktop', Desktop),
      /** Throws ApiError `forbidden` when pages of this address may not open screens and terminals. */
      check: async (signal: AbortSignal) =>
        void (await (await send('/screen/check', { method: 'POST', signal })).arrayBuffer()),
      ticket: (signal?: AbortSignal, service: TicketRequest['service'] = 'screen') =>
        post('/desktop/ticket', Ticket, { service }, signal),
      /** The launch that plays, by what its program said to the sound service; null if it's unknown. */
      soundOwner: async (source: SoundSource) => (await post('/desktop/sound/owner', SoundOwner, source)).launchId,
      /** Reports to the start trace that the first frame was painted, `ms` after the browser requested the screen. */
      firstPixel: (ms: number) => submit('POST', '/desktop/first-pixel', { ms }),
      /** Windows, wallpaper and programs of the desktop follow the shell's theme. */
      theme: (dark: boolean) => submit('PUT', '/desktop/theme', { dark }),
      /** Windows and programs of the desktop draw this large. */
      scale: (percent: Scale) => submit('PUT', '/desktop/scale', { percent }),
      /** Opens a file, folder or link; the result says who does. */
      open: (request: OpenRequest) => post('/desktop/open', OpenResult, request),
      /** Removes the desktop; the session stays. */
      remove: () => submit('DELETE', '/desktop'),
      /** Replaces it with a fresh one, without its finished launches, and starts the same apps again: now, or once it is unattended. */
      rebuild: (when: 'now' | 'idle') => submit('POST', '/desktop/rebuild', { when }),
      /** Cancels a scheduled rebuild. */
      cancelRebuild: () => submit('DELETE', '/desktop/rebuild'),
      /** Admits this browser to `/files/` until `expiresAt`, by a cookie. */
      files: (signal?: AbortSignal) => post('/desktop/files', FilesSession, undefined, signal),
      /** The files in its home folder. */
      home: (signal?: AbortSignal) => get('/desktop/home', HomeFiles, signal),
      /** What apps have printed. */
      prints: {
        list: (signal?: AbortSignal) => get('/desktop/prints', Prints, signal),
        /** Of the PDF file. */
        url: (name: string) => `${options.baseUrl}/api/v1/desktop/prints/${encodeURIComponent(name)}`,
        /** The page has presented it, and needn't be told of it again. */
        shown: ({ name, changedAt }: ShownPrint) => submit('POST', '/desktop/prints/shown', { name, changedAt }),
        remove: (name: string) => submit('DELETE', `/desktop/prints/${encodeURIComponent(name)}`),
      },
      homeArchiveUrl: () => `${options.baseUrl}/api/v1/desktop/home/archive`,
      /** The home folder as an archive (tar, gzip) of any size. */
      homeArchive: async (signal?: AbortSignal) => {
        const { body } = await send('/desktop/home/archive', { accept: 'application/gzip', unlimited: true, signal });
        if (body === null) throw new ReplyError('The archive is empty.');
        return body;
      },
    },
    /** What was copied in the desktop; the event `clipboard` announces it. */
    clipboard: {
      /** Throws ApiError `not_found` if something else was copied since. */
      read: async (id: string, type: ClipboardType, signal?: AbortSignal) => {
        const path = `${CLIPBOARD_PATH}/${encodeURIComponent(id)}${queryString({ type })}`;
        const reply = await send(path, { accept: 'application/octet-stream', signal });
        return new Uint8Array(await reply.arrayBuffer());
      },
      /** Replaces it by the forms of another thing. */
      write: async (copied: ClipboardBody, signal?: AbortSignal) => {
        const bytes = { type: CLIPBOARD_BODY_TYPE, data: encodeClipboard(copied) };
        await (await send(CLIPBOARD_PATH, { method: 'PUT', bytes, signal })).arrayBuffer();
      },
    },
    /** All desktops, for support and administrators. */
    desktops: {
      list: async () => (await get('/desktops', z.object({ desktops: z.array(DesktopSummary) }))).desktops,
      remove: (id: string) => submit('DELETE', `/desktops/${encodeURIComponent(id)}`),
    },
    /** The caller's limits with their current use; an administrator can ask for those of any user. */
    limits: async (user?: string) =>
      (await get(`/limits${user === undefined ? '' : `?user=${encodeURIComponent(user)}`}`, Limits)).limits,
    /** Local logins, for administrators. */
    users: {
      list: async () => (await get('/users', z.object({ users: z.array(LocalUserSummary) }))).users,
      add: (user: NewLocalUser) => post('/users', LocalUserSummary, user),
      setPassword: (id: string, password: string) =>
        submit('PUT', `/users/${encodeURIComponent(id)}/password`, { password }),
      setRoles: (id: string, roles: readonly Role[]) =>
        submit('PUT', `/users/${encodeURIComponent(id)}/roles`, { roles }),
      /** A disabled user can't log in, and has no sessions. */
      setDisabled: (id: string, disabled: boolean) =>
        submit('PUT', `/users/${encodeURIComponent(id)}/disabled`, { disabled }),
      /** Ends all sessions of any user, also of one from a directory. */
      endSessions: (id: string) => submit('DELETE', `/users/${encodeURIComponent(id)}/sessions`),
      remove: (id: string) => submit('DELETE', `/users/${encodeURIComponent(id)}`),
    },
    apps: {
      list: async () => (await get('/apps', z.object({ apps: z.array(App) }))).apps,
      /** The app store: every app that can be had. */
      store: async (signal?: AbortSignal) => get('/apps/store', AppStoreList, signal),
      /** The app store, then what changes in it. */
      storeStream: (stream: StreamOptions) =>
        lasting(send, '/apps/store/stream', AppStoreEvent, { idleMs: STREAM_IDLE_MS, ...stream }),
      /** Returns when the installation has started; the stream reports its progress. `update` does the same. */
      install: (app: string) => submit('POST', '/apps/install', { app }),
      update: (app: string) => submit('POST', '/apps/update', { app }),
      /** Removes it for everybody, or stops its installation. `force`: also while it runs. */
      remove: (app: string, force = false) => submit('POST', '/apps/remove', { app, force }),
      /** For administrators: variables and arguments for every launch of the app. */
      keepDefaults: (app: string, defaults: AppDefaults) => submit('PUT', '/apps/defaults', { app, ...defaults }),
    },
    launches: {
      list: async (query: LaunchFilter = {}, signal?: AbortSignal) =>
        (await get(`/launches${queryString(query)}`, Launches, signal)).launches,
      start: (request: LaunchRequest) => post('/launches', Launch, request),
      get: (id: string, signal?: AbortSignal) => get(launchPath(id), LaunchDetail, signal),
      logUrl: (id: string) => `${options.baseUrl}/api/v1${launchPath(id, '/log')}`,
      log: async (id: string, signal?: AbortSignal, { colors = false } = {}) =>
        (await send(launchPath(id, `/log${colors ? '?colors=true' : ''}`), { accept: 'text/plain', signal })).text(),
      logStream: (id: string, signal: AbortSignal) => logLines(send, launchPath(id, '/log/stream'), signal),
      /** Support archive (tar, gzip): log, description, events, trace, versions; secrets masked. */
      supportUrl: (id: string) => `${options.baseUrl}/api/v1${launchPath(id, '/support')}`,
      support: async (id: string, signal?: AbortSignal) =>
        new Uint8Array(
          await (await send(launchPath(id, '/support'), { accept: 'application/gzip', signal })).arrayBuffer(),
        ),
      stop: (id: string) => submit('POST', launchPath(id, '/stop')),
      again: (id: string, changed: LaunchCommand = {}) => post(launchPath(id, '/again'), Launch, changed),
      /** Marks the end of these launches as seen, by their user. */
      read: (ids: readonly string[]) => submit('POST', '/launches/read', { ids }),
      /** Deletes a finished launch and its log. */
      remove: (id: string) => submit('DELETE', launchPath(id)),
    },
    /** Debug sessions: on the caller's own launches, or on others' with consent or an administrator's approval. */
    debug: {
      offer: (target: DebugTarget, signal?: AbortSignal) =>
        get(`/debug/offer${queryString(target)}`, DebugOffer, signal),
      list: async (query: { user?: string; open?: boolean; limit?: number } = {}, signal?: AbortSignal) =>
        (await get(`/debug${queryString(query)}`, DebugSessions, signal)).sessions,
      get: (id: string, signal?: AbortSignal) => get(debugPath(id), DebugSession, signal),
      /** Returns once the session is stored; its progress arrives as events. So do the next two. */
      toolbox: (request: ToolboxRequest) => post('/debug/toolboxes', DebugSession, request),
      copy: (request: CopyRequest) => post('/debug/copies', DebugSession, request),
      exec: (request: ExecRequest) => post('/debug/execs', DebugSession, request),
      /** By the owner of the desktop. */
      answer: (id: string, agree: boolean) => post(debugPath(id, '/answer'), DebugSession, { agree }),
      /** By an administrator, when the owner doesn't answer. */
      approve: (id: string, agree: boolean) => post(debugPath(id, '/approval'), DebugSession, { agree }),
      /** Restarts its time to live. */
      extend: (id: string) => post(debugPath(id, '/extension'), DebugSession),
      end: (id: string) => post(debugPath(id, '/end'), DebugSession),
      /** Marks the session as seen by the owner of the desktop. */
      seen: (id: string) => submit('POST', debugPath(id, '/seen')),
      /** asciicast version 2. */
      transcript: (id: string, signal?: AbortSignal) => text(debugPath(id, '/transcript'), signal),
    },
    /** Containers, processes and events of a desktop: the caller's own, or any for support and administrators. */
    inspect: {
      get: (desktopId: string, signal?: AbortSignal) => get(inspectPath(desktopId, 'inspect'), Inspection, signal),
      stream: (desktopId: string, stream: StreamOptions) =>
        lasting(send, inspectPath(desktopId, 'inspect/stream'), Inspection, { idleMs: STREAM_IDLE_MS, ...stream }),
      namespaces: (desktopId: string, signal?: AbortSignal) =>
        get(inspectPath(desktopId, 'namespaces'), Namespaces, signal),
      processes: async (desktopId: string, signal?: AbortSignal) =>
        (await get(inspectPath(desktopId, 'processes'), Processes, signal)).processes,
      sockets: async (desktopId: string, signal?: AbortSignal) =>
        (await get(inspectPath(desktopId, 'sockets'), Sockets, signal)).sockets,
      events: async (desktopId: string, signal?: AbortSignal) =>
        (await get(inspectPath(desktopId, 'events'), DesktopEvents, signal)).events,
      /** Of the desktop, or of a launch in a pod of its own. */
      describe: (desktopId: string, launch?: string, signal?: AbortSignal) =>
        text(inspectPath(desktopId, `describe${queryString({ launch })}`), signal),
      yaml: (desktopId: string, launch?: string, signal?: AbortSignal) =>
        text(inspectPath(desktopId, `yaml${queryString({ launch })}`), signal),
    },
    windows: {
      act: (id: number, action: WindowAction) => submit('POST', `/windows/${id}`, action),
    },
    system: {
      get: () => get('/system', SystemReply),
      /** For administrators: problems of this installation that need attention. */
      warnings: async (signal?: AbortSignal) => (await get('/warnings', WarningsReply, signal)).warnings,
    },
    preferences: {
      get: () => get('/preferences', Preferences),
      put: (preferences: Preferences) => submit('PUT', '/preferences', preferences),
    },
    /** Snapshot, then changes; reconnects until the signal aborts. */
    events: (stream: StreamOptions) => lasting(send, '/events', ServerEvent, { idleMs: STREAM_IDLE_MS, ...stream }),
    /** Resource usage of running launches, at the server's interval, while the stream is open. */
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
