/** Events of the product: each helper writes one log record and counts; those that people are accountable for are audit records. */
import { escapedLine } from '#protocol/printable.ts';
import { pino, type Logger } from 'pino';
import { Counter, Histogram, Registry } from 'prom-client';

export interface EventsOptions {
  readonly level: string;
  /** `text` for people, `json` for machines. */
  readonly format: 'text' | 'json';
  readonly write?: (line: string) => void;
}

export type Events = ReturnType<typeof createEvents>;

export function createEvents(options: EventsOptions) {
  const log = createLog(options);
  const registry = new Registry();
  const registers = [registry];
  const logins = new Counter({
    name: 'deskpod_logins_total',
    help: 'Logins by outcome',
    labelNames: ['outcome'],
    registers,
  });
  const desktops = new Histogram({
    name: 'deskpod_desktop_start_seconds',
    help: 'Time to a running desktop',
    labelNames: ['kind'],
    registers,
  });
  const launches = new Counter({
    name: 'deskpod_launches_total',
    help: 'Launches by runtime',
    labelNames: ['runtime'],
    registers,
  });
  const ends = new Counter({
    name: 'deskpod_launch_ends_total',
    help: 'Ended launches by reason',
    labelNames: ['reason'],
    registers,
  });
  const screens = new Counter({ name: 'deskpod_screen_bytes_total', help: 'Bytes sent to browsers', registers });
  const transfers = new Counter({
    name: 'deskpod_file_bytes_total',
    help: 'Bytes of files that users transferred',
    labelNames: ['direction'],
    registers,
  });
  const copied = new Counter({
    name: 'deskpod_clipboard_bytes_total',
    help: 'Bytes copied out of desktops and pasted into them, as far as their size is known',
    labelNames: ['direction'],
    registers,
  });
  const debugs = new Counter({
    name: 'deskpod_debug_sessions_total',
    help: 'Debug sessions started, by kind',
    labelNames: ['kind'],
    registers,
  });
  const requests = new Counter({
    name: 'deskpod_requests_total',
    help: 'Requests by status',
    labelNames: ['status'],
    registers,
  });

  return {
    log,
    metrics: () => registry.metrics(),
    started: (url: string) => log.info({ url }, `listening on ${url}`),
    stopped: () => log.info('stopped'),
    engineServed: (socket: string) => log.info({ socket }, `the engine process answers at ${socket}`),
    /** `network` is null if the process has as many as it may have. */
    connectionsFull: (network: string | null, limit: number) => {
      const setting = network === null ? 'listen.maxConnections' : 'listen.maxConnectionsPerNetwork';
      const from = network === null ? '' : ` from ${network}`;
      log.warn({ remote_addr: network, limit }, `further connections${from} are closed: see ${setting}`);
    },
    /** `file` has the password. */
    administratorAdded: (login: string, file: string) =>
      log.warn({ login }, `added the first administrator; the password is in ${file}, which you can delete`),
    request: ({ user, remoteAddr, method, path, status, durationMs }: RequestFacts) => {
      requests.inc({ status });
      const facts = { user, remote_addr: remoteAddr, method, path, status, duration_ms: Math.round(durationMs) };
      log.info(facts, `${method} ${path} ${status}`);
    },
    loggedIn: (user: string, remoteAddr: string) => {
      logins.inc({ outcome: 'ok' });
      log.info({ audit: true, user, remote_addr: remoteAddr }, `${user} logged in`);
    },
    loginRefused: (login: string, remoteAddr: string) => {
      logins.inc({ outcome: 'refused' });
      log.warn({ audit: true, login, remote_addr: remoteAddr }, 'login refused');
    },
    loggedOut: (user: string, desktop: 'kept' | 'removed') =>
      log.info({ audit: true, user, desktop_kept: desktop === 'kept' }, `${user} logged out`),
    userGone: (user: string, directory: string) =>
      log.warn(
        { audit: true, target_user: user, name: directory },
        `ended the sessions of ${user}, whom the directory ${directory} no longer finds`,
      ),
    desktopStarted: (user: string, desktop: string, kind: 'cold' | 'warm', ms: number) => {
      desktops.observe({ kind }, ms / 1000);
      log.info({ user, desktop, kind, duration_ms: Math.round(ms) }, `desktop ${desktop} is running`);
    },
    desktopFailed: (user: string, err: unknown) => log.error({ user, err }, 'desktop failed to start'),
    regionUnknown: (user: string, names: readonly string[]) =>
      log.warn({ user }, `unknown time zone or language, ignored: ${names.join(', ')}`),
    backgroundRefused: (desktop: string, reason: string) => log.warn({ desktop }, `desktop background: ${reason}`),
    desktopEnded: (user: string, desktop: string) => log.warn({ user, desktop }, `desktop ${desktop} ended`),
    launchStarted: (launch: LaunchFacts) => {
      launches.inc({ runtime: launch.runtime });
      const { id, userId: user, desktopId: desktop, runtime } = launch;
      log.info({ user, desktop, launch: id, runtime }, `launch ${id} started`);
    },
    launchFinished: ({ id, userId: user, desktopId: desktop, status: { reason, exitCode } }: FinishedLaunchFacts) => {
      ends.inc({ reason: reason ?? 'unknown' });
      log.info({ user, desktop, launch: id, reason, exit_code: exitCode }, `launch ${id} ended`);
    },
    screenConnected: (user: string, desktop: string) => log.info({ user, desktop }, 'screen connected'),
    screenClosed: (user: string, desktop: string, bytes: number, ms: number, reason: string) => {
      screens.inc(bytes);
      log.info({ user, desktop, bytes, duration_ms: Math.round(ms), reason }, 'screen closed');
    },
    fileUploaded: (user: string, desktop: string, path: string, bytes: number) => {
      transfers.inc({ direction: 'upload' }, bytes);
      log.info({ audit: true, user, desktop, path, bytes }, `${user} uploaded ${path}`);
    },
    fileUploadUnfinished: (user: string, desktop: string, path: string, bytes: number) => {
      transfers.inc({ direction: 'upload' }, bytes);
      log.info({ audit: true, user, desktop, path, bytes }, `${user} uploaded ${path}, which did not become a file`);
    },
    /** `bytes` were sent: fewer than the file has if the browser wanted a range or left. */
    fileDownloaded: (user: string, desktop: string, path: string, bytes: number) => {
      transfers.inc({ direction: 'download' }, bytes);
      log.info({ audit: true, user, desktop, path, bytes }, `${user} downloaded ${path}`);
    },
    /** `bytes` is null for text that a viewer requests over RFB, whose size nobody here knows. */
    clipboardTransferred: ({ user, desktop, direction, types, bytes }: TransferFacts) => {
      if (bytes !== null) copied.inc({ direction }, bytes);
      const what = direction === 'in' ? 'pasted into' : 'copied from';
      log.info(
        { audit: true, user, desktop, direction, types: types.join(' '), ...(bytes !== null && { bytes }) },
        `${user} ${what} desktop ${desktop}`,
      );
    },
    /** `programs` record it: their own words. */
    microphoneOn: (user: string, desktop: string, programs: readonly string[]) =>
      log.info(
        { audit: true, user, desktop, programs: programs.join(', ') },
        `the microphone of ${user} is on in desktop ${desktop}`,
      ),
    microphoneOff: (user: string, desktop: string, ms: number) =>
      log.info(
        { audit: true, user, desktop, duration_ms: Math.round(ms) },
        `the microphone of ${user} is off in desktop ${desktop}`,
      ),
    debugAsked: (session: DebugFacts) =>
      log.info(
        { ...debugFields(session), target_user: session.userId, kind: session.kind, reason: session.reason },
        `${session.by.id} requested a debug session on ${targetOf(session)}`,
      ),
    debugGranted: (session: DebugFacts) =>
      log.info(
        { ...debugFields(session), grant: session.grant, granted_by: session.grantedBy },
        `${session.by.id} may debug ${targetOf(session)}`,
      ),
    debugStarted: (session: DebugFacts) => {
      const { kind, name, image, profile, reused } = session;
      debugs.inc({ kind });
      log.info(
        { ...debugFields(session), kind, name, image, profile, reused },
        `${session.by.id} started a debug session on ${targetOf(session)}`,
      );
    },
    debugEnded: (session: DebugFacts) =>
      log.info(
        { ...debugFields(session), reason: session.status.reason, exit_code: session.status.exitCode },
        `${session.by.id}'s debug session on ${targetOf(session)} ended`,
      ),
    /** What somebody did to something that isn't theirs, or to the server: `opened a terminal in`. */
    audit: (user: string, action: string, target: AuditTarget) =>
      log.info({ audit: true, user, ...target }, `${user} ${action} ${Object.values(target).join(' ')}`),
    warn: (message: string, fields: LogFields = {}) => log.warn(fields, message),
    failed: (what: string, err: unknown) => log.error({ err }, what),
    /** An error that doesn't matter, and why. */
    ignored: (reason: string, error: string) => log.debug({ error }, `ignored: ${reason}`),
  };
}

/** Every field that a record may have, besides level, time and message: one name for each fact. */
export const LOG_FIELDS = [
  'audit',
  /** Who acts. */
  'user',
  /** Whose desktop, launch or account it is, if it isn't the user's own. */
  'target_user',
  'desktop',
  'launch',
  'debug_session',
  'app',
  'remote_addr',
  'duration_ms',
  'method',
  'path',
  'status',
  'bytes',
  /** `in`: to the desktop, `out`: from it. */
  'direction',
  /** Media types. */
  'types',
  'kind',
  'runtime',
  'reason',
  'exit_code',
  'grant',
  'granted_by',
  'name',
  'image',
  'profile',
  'reused',
  'desktop_kept',
  /** The name that was typed. */
  'login',
  'url',
  'origin',
  'host',
  'setting',
  'commands',
  'err',
  'error',
] as const;
export type LogFields = { readonly [Field in (typeof LOG_FIELDS)[number]]?: unknown };
type AuditTarget = Pick<LogFields, 'target_user' | 'desktop' | 'launch' | 'debug_session' | 'app' | 'name'>;

interface RequestFacts {
  readonly user: string;
  readonly remoteAddr: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly durationMs: number;
}

interface TransferFacts {
  readonly user: string;
  readonly desktop: string;
  readonly direction: 'in' | 'out';
  readonly types: readonly string[];
  readonly bytes: number | null;
}

interface LaunchFacts {
  readonly id: string;
  readonly userId: string;
  readonly desktopId: string;
  readonly runtime: string;
}

interface FinishedLaunchFacts extends LaunchFacts {
  readonly status: { readonly state: string; readonly reason?: string; readonly exitCode?: number | null };
}

interface DebugFacts {
  readonly id: string;
  readonly kind: string;
  readonly by: { readonly id: string };
  readonly userId: string;
  readonly desktopId: string;
  readonly launchId: string | null;
  readonly name: string | null;
  readonly image: string | null;
  readonly profile: string | null;
  readonly reused: boolean;
  readonly reason: string;
  readonly grant: string | null;
  readonly grantedBy: string | null;
  readonly status: { readonly state: string; readonly reason?: string; readonly exitCode?: number | null };
}

function debugFields({ id, by, desktopId, launchId }: DebugFacts): LogFields {
  return { audit: true, user: by.id, desktop: desktopId, launch: launchId ?? undefined, debug_session: id };
}

function targetOf({ launchId, desktopId }: DebugFacts): string {
  return launchId ?? desktopId;
}

function createLog({ level, format, write }: EventsOptions): Logger {
  const out = write ?? ((line: string) => void process.stderr.write(line));
  if (format === 'json') return pino({ level }, { write: (line) => out(`${escapedLine(line.trimEnd())}\n`) });
  return pino({ level, timestamp: false, base: null }, { write: (line) => out(asText(line)) });
}

const LEVELS = [
  [50, 'error'],
  [40, 'warn '],
  [30, 'info '],
] as const;

/** `2026-11-22T00:00:00Z info  message key=value …`: one record is one line, whatever the values contain. */
function asText(line: string): string {
  const parsed: unknown = JSON.parse(line);
  if (typeof parsed !== 'object' || parsed === null) return line;
  const { level, msg, err, ...rest } = Object.fromEntries(Object.entries(parsed));
  const word = LEVELS.find(([from]) => Number(level) >= from)?.[1] ?? 'debug';
  const pairs = Object.entries(rest).map(([key, value]) => ` ${key}=${valueText(value)}`);
  const cause = typeof err === 'object' && err !== null && 'stack' in err ? ` err=${valueText(err.stack)}` : '';
  return `${new Date().toISOString()} ${word} ${messageText(String(msg ?? ''))}${pairs.join('')}${cause}\n`;
}

/** Quoted if it could be read as fields. */
function messageText(message: string): string {
  return /[="]/.test(message) ? quoted(message) : escapedLine(message);
}

/** Bare if it is one word, otherwise quoted as in JSON. */
function valueText(value: unknown): string {
  if (typeof value !== 'string') return escapedLine(JSON.stringify(value) ?? 'null');
  return value === '' || /[\s"=\\]|\p{C}|\p{Z}/u.test(value) ? quoted(value) : value;
}

function quoted(text: string): string {
  return escapedLine(JSON.stringify(text));
}
