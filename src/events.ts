/** Business events: each helper writes one log line, counts, and for what people must answer for an audit record. */
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
  const debugs = new Counter({
    name: 'deskpod_debug_sessions_total',
    help: 'Debug sessions that began, by kind',
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
    started: (address: string) => log.info({ address }, `listening on ${address}`),
    stopped: () => log.info('stopped'),
    /** The one time that the password is told. */
    administratorMade: (name: string, password: string) =>
      log.warn({ name, password }, 'the first administrator was made; the password is shown only this once'),
    request: (user: string, method: string, path: string, status: number, ms: number) => {
      requests.inc({ status });
      log.info({ user, method, path, status, ms: Math.round(ms) }, `${method} ${path} ${status}`);
    },
    loggedIn: (user: string, address: string) => {
      logins.inc({ outcome: 'ok' });
      log.info({ audit: true, user, address }, `${user} logged in`);
    },
    loginRefused: (name: string, address: string) => {
      logins.inc({ outcome: 'refused' });
      log.warn({ audit: true, name, address }, 'login refused');
    },
    loggedOut: (user: string, desktop: 'kept' | 'removed') =>
      log.info({ audit: true, user, desktop }, `${user} logged out`),
    desktopStarted: (user: string, desktop: string, kind: 'cold' | 'warm', ms: number) => {
      desktops.observe({ kind }, ms / 1000);
      log.info({ user, desktop, kind, ms }, `desktop ${desktop} runs`);
    },
    desktopFailed: (user: string, err: unknown) => log.error({ user, err }, 'desktop failed to start'),
    desktopEnded: (user: string, desktop: string) => log.warn({ user, desktop }, `desktop ${desktop} ended`),
    launchStarted: (launch: { id: string; userId: string; runtime: string }) => {
      launches.inc({ runtime: launch.runtime });
      log.info({ user: launch.userId, launch: launch.id, runtime: launch.runtime }, `launch ${launch.id} started`);
    },
    launchFinished: (launch: {
      id: string;
      userId: string;
      status: { state: string; reason?: string; exitCode?: number | null };
    }) => {
      ends.inc({ reason: launch.status.reason ?? 'unknown' });
      const { reason, exitCode } = launch.status;
      log.info({ user: launch.userId, launch: launch.id, reason, exitCode }, `launch ${launch.id} ended`);
    },
    screenConnected: (user: string, desktop: string) => log.info({ user, desktop }, 'screen connected'),
    screenClosed: (user: string, desktop: string, bytes: number, ms: number, reason: string) => {
      screens.inc(bytes);
      log.info({ user, desktop, bytes, ms: Math.round(ms), reason }, 'screen closed');
    },
    debugAsked: ({ id, kind, by, userId, desktopId, launchId, reason }: DebugFacts) =>
      log.info(
        { audit: true, debug: id, kind, user: by.id, about: userId, desktop: desktopId, launch: launchId, reason },
        `${by.id} asked to look into ${launchId ?? desktopId}`,
      ),
    debugGranted: ({ id, by, grant, grantedBy, desktopId, launchId }: DebugFacts) =>
      log.info(
        { audit: true, debug: id, user: by.id, grant, grantedBy },
        `${by.id} may look into ${launchId ?? desktopId}`,
      ),
    debugStarted: ({ id, kind, by, name, image, profile, reused, desktopId, launchId }: DebugFacts) => {
      debugs.inc({ kind });
      log.info(
        { audit: true, debug: id, kind, user: by.id, name, image, profile, reused },
        `${by.id} looks into ${launchId ?? desktopId}`,
      );
    },
    debugEnded: ({ id, by, desktopId, launchId, status: { reason, exitCode } }: DebugFacts) =>
      log.info(
        { audit: true, debug: id, user: by.id, reason, exitCode },
        `${by.id} looks into ${launchId ?? desktopId} no more`,
      ),
    audit: (user: string, action: string, about: string) =>
      log.info({ audit: true, user, action, about }, `${user} ${action} ${about}`),
    warn: (message: string, about: object = {}) => log.warn(about, message),
    failed: (what: string, err: unknown) => log.error({ err }, what),
  };
}

/** A debug session, as the log tells of it. */
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

function createLog({ level, format, write }: EventsOptions): Logger {
  const out = write ?? ((line: string) => void process.stderr.write(line));
  if (format === 'json') return pino({ level }, { write: out });
  return pino({ level, timestamp: false, base: null }, { write: (line) => out(asText(line)) });
}

/** `2026-11-22T00:00:00Z info  message key=value …` */
function asText(line: string): string {
  const parsed: unknown = JSON.parse(line);
  if (typeof parsed !== 'object' || parsed === null) return line;
  const { level, msg, err, ...rest } = Object.fromEntries(Object.entries(parsed));
  const word = Number(level) >= 50 ? 'error' : Number(level) >= 40 ? 'warn ' : 'info ';
  const pairs = Object.entries(rest).map(
    ([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const cause = typeof err === 'object' && err !== null && 'stack' in err ? `\n${String(err.stack)}` : '';
  return `${new Date().toISOString()} ${word} ${String(msg ?? '')}${pairs.join('')}${cause}\n`;
}
