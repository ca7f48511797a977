/**
 * The terminals of debug sessions at this server: one connection per toolbox, one command per exec session, open as long
 * as their sessions. The server in charge of a session records it.
 */
import type { DebugSession } from '#protocol/debug.ts';
import type { TerminalSize } from '#protocol/terminal.ts';
import type { Engine } from '../ports/engine.ts';
import type { ExecSession, Target } from '../ports/engine-launch.ts';
import { Deadline } from '../deadlines.ts';
import { DeskpodError } from '../errors.ts';
import type { Store } from '../ports/store.ts';
import type { Replicas } from '../server/replicas.ts';
import type { DebugRecord } from '../ports/debug-store.ts';
import { type DebugEvents, endMessage } from './record.ts';
import type { DebugRegistry } from './registry.ts';
import { type Participant, SCROLLBACK_BYTES, SharedTerminal, withoutOverlap } from './shared-terminal.ts';
import { Transcript } from './transcript.ts';
import { ignore } from '#protocol/ignore.ts';

const WARN_MS = 120_000;
const NEVER_OPENED = 'the terminal was never opened; who opened it got the error';
const ATTACH_TIMEOUT_MS = 15_000;
const LOG_TIMEOUT_MS = 5_000;

/** The command in the terminal of an exec session or of a copy; a toolbox has its own. */
export interface TerminalCommand {
  readonly command: readonly string[];
  readonly tty: boolean;
}

export interface TerminalsDeps {
  readonly engine: Pick<Engine, 'debug' | 'exec' | 'logs'>;
  readonly store: Pick<Store, 'debug' | 'launches'>;
  readonly registry: DebugRegistry;
  readonly replicas: Pick<Replicas, 'me'>;
  readonly events: Pick<DebugEvents, 'failed'>;
}

/** The command of these sessions ended, or the connection to it broke. */
type EndListener = (sessions: readonly DebugSession[], exitCode: number | null) => Promise<void>;

export class DebugTerminals implements AsyncDisposable {
  readonly #deps: TerminalsDeps;
  readonly #open = new Map<string, Promise<TerminalSessions>>();
  readonly #endListeners = new Set<EndListener>();
  readonly #closed = new AbortController();

  constructor(deps: TerminalsDeps) {
    this.#deps = deps;
    deps.registry.onChange((record) => {
      this.#changed(record).catch((error: unknown) =>
        deps.events.failed('passing the change of a debug session to its terminal', error),
      );
    });
  }

  onEnd(listener: EndListener): void {
    this.#endListeners.add(listener);
  }

  /** Opens the terminal of a toolbox and keeps it open. `fresh`: the toolbox is new and has no earlier output. */
  async open(record: DebugRecord, fresh: boolean): Promise<void> {
    const terminal = await this.#terminal(keyOf(record.session), () => this.#attach(record.session, fresh));
    terminal.admit(record.session, this.#transcriptOf(record));
  }

  /** Joins the terminal of a running session. */
  async join(
    record: DebugRecord,
    size: TerminalSize,
    command: TerminalCommand,
    mayType: boolean,
  ): Promise<Participant> {
    const { session } = record;
    const terminal = await this.#terminal(keyOf(session), () =>
      session.kind === 'toolbox' ? this.#attach(session, false) : this.#exec(session, size, command),
    );
    terminal.admit(session, this.#transcriptOf(record));
    return terminal.join(session.id, size, mayType);
  }

  /** A session changed, here or at another server. A short recording is stored at its end only, and announced afterwards. */
  async #changed({ session }: DebugRecord): Promise<void> {
    const { id, status, transcript } = session;
    const terminal = await this.#open.get(keyOf(session))?.catch(ignore(NEVER_OPENED, null));
    if (!terminal?.has(id)) return;
    if (status.state !== 'ended') return terminal.renew(session);
    if (await terminal.dismiss(id, endMessage(status))) await this.#drop(keyOf(session), terminal);
    if (!transcript) await this.#deps.registry.announceRecording(id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort();
    const terminals = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(terminals.map(async (terminal) => (await terminal.catch(ignore(NEVER_OPENED, null)))?.close()));
  }

  #terminal(key: string, connect: () => Promise<SharedTerminal>): Promise<TerminalSessions> {
    const known = this.#open.get(key);
    if (known) return known;
    if (this.#closed.signal.aborted) throw new DeskpodError('engine_unavailable', 'The server is stopping.');
    const opening = connect().then((terminal) => new TerminalSessions(terminal));
    this.#open.set(key, opening);
    opening.then(
      (terminal) => this.#awaitEnd(key, terminal),
      () => this.#open.delete(key),
    );
    return opening;
  }

  #awaitEnd(key: string, terminal: TerminalSessions): void {
    void terminal.terminal.over
      .then(async (exitCode) => {
        const sessions = terminal.sessions();
        await this.#drop(key, terminal);
        if (this.#closed.signal.aborted || sessions.length === 0) return;
        await Promise.all([...this.#endListeners].map((listener) => listener(sessions, exitCode)));
      })
      .catch((error: unknown) => this.#deps.events.failed('ending a shared terminal', error));
  }

  async #drop(key: string, terminal: TerminalSessions): Promise<void> {
    if ((await this.#open.get(key)?.catch(ignore(NEVER_OPENED, null))) === terminal) this.#open.delete(key);
    await terminal.close();
  }

  async #attach(session: DebugSession, fresh: boolean): Promise<SharedTerminal> {
    const { engine } = this.#deps;
    const name = session.name ?? '';
    const attached = await this.#connect((signal) => engine.debug.attach(session.desktopId, name, signal));
    if (fresh) return new SharedTerminal(attached);
    // Output that arrives while the log is read is in both, and is removed from the log.
    const early: Buffer[] = [];
    const keep = (piece: Buffer): void => void early.push(piece);
    attached.stream.on('data', keep);
    const log = await this.#logOf(session, name);
    attached.stream.off('data', keep);
    attached.stream.pause();
    const live = Buffer.concat(early);
    const past = Buffer.concat([withoutOverlap(log, live), live]);
    return new SharedTerminal(attached, { past, redraw: true });
  }

  async #logOf(session: DebugSession, container: string): Promise<Buffer> {
    const { desktopId, launchId } = session;
    const launch = launchId === null ? null : await this.#deps.store.launches.find(launchId);
    const beside = launch?.runtime === 'pod_application' ? { launchId: launch.id } : {};
    const lines: string[] = [];
    try {
      const options = { follow: false, tailBytes: SCROLLBACK_BYTES };
      const signal = AbortSignal.timeout(LOG_TIMEOUT_MS);
      for await (const { text } of this.#deps.engine.logs({ desktopId, container, ...beside }, options, signal))
        lines.push(text.replace(/\r$/, ''));
    } catch (error) {
      ignore('the terminal is usable without its earlier output')(error);
    }
    return Buffer.from(lines.join('\r\n'));
  }

  async #exec(session: DebugSession, size: TerminalSize, { command, tty }: TerminalCommand): Promise<SharedTerminal> {
    const spec = { command, tty: tty ? size : null, env: tty ? { TERM: 'xterm-256color' } : {} };
    return new SharedTerminal(await this.#connect((signal) => this.#deps.engine.exec(targetOf(session), spec, signal)));
  }

  /** The timeout is for opening alone: an open session lasts until it is closed or this server stops. */
  async #connect(open: (signal: AbortSignal) => Promise<ExecSession>): Promise<ExecSession> {
    using deadline = new Deadline(
      ATTACH_TIMEOUT_MS,
      new DeskpodError('timeout', 'The terminal did not open in time.', { remedy: 'Try again.' }),
    );
    return await open(AbortSignal.any([this.#closed.signal, deadline.signal]));
  }

  #transcriptOf({ session, server }: DebugRecord): Transcript | null {
    const { store, replicas, events } = this.#deps;
    if (server !== replicas.me && session.kind === 'toolbox') return null;
    const { id, by, userId, launchId, desktopId } = session;
    return new Transcript({
      startedAt: new Date(session.startedAt ?? session.askedAt),
      title: `${by.name} in ${launchId ?? desktopId} of ${userId}`,
      started: session.transcript,
      write: (text) => store.debug.record(id, text),
      failed: (error) => events.failed(`recording debug session ${id}`, error),
    });
  }
}

/** Toolboxes are shared by all sessions that use them, commands are of one session. */
function keyOf({ id, kind, desktopId, name }: DebugSession): string {
  return kind === 'toolbox' ? `toolbox ${desktopId} ${name}` : `session ${id}`;
}

/** Where a command runs: in the launch, or in the session's copy of it. */
function targetOf({ kind, desktopId, launchId, name }: DebugSession): Target {
  const launch = kind === 'copy' ? name : launchId;
  return launch === null ? { desktopId } : { desktopId, launchId: launch };
}

interface TerminalSession {
  session: DebugSession;
  warning: NodeJS.Timeout | null;
  /** Ends the recording; null if another server records. */
  stop: (() => Promise<void>) | null;
}

/** A terminal with the debug sessions that use it: warns each before its end, and records it unless another server does. */
export class TerminalSessions {
  readonly terminal: SharedTerminal;
  readonly #sessions = new Map<string, TerminalSession>();

  constructor(terminal: SharedTerminal) {
    this.terminal = terminal;
  }

  has(sessionId: string): boolean {
    return this.#sessions.has(sessionId);
  }

  sessions(): DebugSession[] {
    return [...this.#sessions.values()].map(({ session }) => session);
  }

  /** `transcript` is null if another server records. */
  admit(session: DebugSession, transcript: Transcript | null): void {
    const entry = this.#sessions.get(session.id) ?? { session, warning: null, stop: null };
    this.#sessions.set(session.id, entry);
    if (transcript !== null) entry.stop ??= this.#record(transcript);
    this.renew(session);
  }

  #record(transcript: Transcript): () => Promise<void> {
    const stopListening = this.terminal.listen(transcript);
    return async () => {
      stopListening();
      await transcript.end();
    };
  }

  /** Schedules the warning before the end, which an extension may have moved. */
  renew(session: DebugSession): void {
    const entry = this.#sessions.get(session.id);
    if (!entry || session.status.state !== 'running') return;
    entry.session = session;
    if (entry.warning) clearTimeout(entry.warning);
    const { endsAt } = session.status;
    const left = Date.parse(endsAt) - Date.now() - WARN_MS;
    this.terminal.warn(session.id, null);
    entry.warning = setTimeout(() => this.terminal.warn(session.id, endsAt), Math.max(left, 0)).unref();
  }

  join(sessionId: string, size: TerminalSize, mayType = true): Participant {
    return this.terminal.join(size, sessionId, mayType);
  }

  /** Ends the seats of a session. Returns whether the terminal has no session left. */
  async dismiss(sessionId: string, why: string | null): Promise<boolean> {
    const entry = this.#sessions.get(sessionId);
    if (entry) {
      this.#sessions.delete(sessionId);
      if (entry.warning) clearTimeout(entry.warning);
      this.terminal.warn(sessionId, null);
      this.terminal.dismiss(sessionId, why);
      await entry.stop?.();
    }
    return this.#sessions.size === 0;
  }

  /** Disconnects from the terminal and stores the rest of the recordings. */
  async close(): Promise<void> {
    const entries = [...this.#sessions.values()];
    this.#sessions.clear();
    for (const { warning } of entries) if (warning) clearTimeout(warning);
    this.terminal.close();
    await Promise.all(entries.map(async ({ stop }) => stop?.()));
  }
}
