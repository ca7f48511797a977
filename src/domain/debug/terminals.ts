/**
 * The terminals of debug sessions at this server: one attachment per toolbox, one command per exec session, kept while
 * their sessions go on. The server that looks after a session records it.
 */
import type { DebugSession } from '../../protocol/debug.ts';
import type { TerminalSize } from '../../protocol/terminal.ts';
import type { Engine, ExecSession, Target } from '../engine.ts';
import { DeskpodError } from '../errors.ts';
import type { Store } from '../store.ts';
import { withoutOverlap, PAST_BYTES } from './past.ts';
import type { DebugRecord } from './record.ts';
import { Room } from './room.ts';
import { type Seat, SharedTerminal } from './shared-terminal.ts';
import { Transcript } from './transcript.ts';
import { sentenceOf } from './words.ts';

const ATTACH_TIMEOUT_MS = 15_000;
const LOG_TIMEOUT_MS = 5_000;

/** What runs in the terminal of an exec session or of a copy; a toolbox has its own. */
export interface TerminalCommand {
  readonly command: readonly string[];
  readonly tty: boolean;
}

export interface TerminalsDeps {
  readonly engine: Pick<Engine, 'debug' | 'exec' | 'logs'>;
  readonly store: Pick<Store, 'debug' | 'launches'>;
  /** This server. */
  readonly me: string;
  /** The command of these sessions ended, or the connection to it broke. */
  readonly over: (sessions: readonly DebugSession[], exitCode: number | null) => Promise<void>;
  readonly failed: (what: string, error: unknown) => void;
}

export class DebugTerminals implements AsyncDisposable {
  readonly #deps: TerminalsDeps;
  readonly #rooms = new Map<string, Promise<Room>>();
  readonly #closed = new AbortController();

  constructor(deps: TerminalsDeps) {
    this.#deps = deps;
  }

  /** Holds the terminal of a toolbox from now on. `fresh`: it was just made, and nothing was printed before. */
  async keep(record: DebugRecord, fresh: boolean): Promise<void> {
    const room = await this.#room(keyOf(record.session), () => this.#attach(record.session, fresh));
    room.admit(record.session, this.#transcriptOf(record));
  }

  /** A seat at the terminal of a running session. */
  async join(record: DebugRecord, size: TerminalSize, wanted: TerminalCommand, mayType: boolean): Promise<Seat> {
    const { session } = record;
    const room = await this.#room(keyOf(session), () =>
      session.kind === 'toolbox' ? this.#attach(session, false) : this.#exec(session, size, wanted),
    );
    room.admit(session, this.#transcriptOf(record));
    return room.seat(session.id, size, mayType);
  }

  /** A session changed, here or at another server. */
  async changed({ session }: DebugRecord): Promise<void> {
    const room = await this.#rooms.get(keyOf(session))?.catch(() => null);
    if (!room?.has(session.id)) return;
    if (session.status.state !== 'ended') return room.renew(session);
    if (await room.dismiss(session.id, sentenceOf(session.status))) await this.#drop(keyOf(session), room);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort();
    const rooms = [...this.#rooms.values()];
    this.#rooms.clear();
    await Promise.all(rooms.map(async (room) => (await room.catch(() => null))?.close()));
  }

  #room(key: string, open: () => Promise<SharedTerminal>): Promise<Room> {
    const known = this.#rooms.get(key);
    if (known) return known;
    if (this.#closed.signal.aborted) throw new DeskpodError('engine_unavailable', 'The server stops.');
    const opening = open().then((terminal) => new Room(terminal));
    this.#rooms.set(key, opening);
    opening.then(
      (room) => this.#follow(key, room),
      () => this.#rooms.delete(key),
    );
    return opening;
  }

  #follow(key: string, room: Room): void {
    void room.terminal.over
      .then(async (exitCode) => {
        const sessions = room.sessions();
        await this.#drop(key, room);
        if (!this.#closed.signal.aborted && sessions.length > 0) await this.#deps.over(sessions, exitCode);
      })
      .catch((error: unknown) => this.#deps.failed('ending a shared terminal', error));
  }

  async #drop(key: string, room: Room): Promise<void> {
    if ((await this.#rooms.get(key)?.catch(() => null)) === room) this.#rooms.delete(key);
    await room.close();
  }

  async #attach(session: DebugSession, fresh: boolean): Promise<SharedTerminal> {
    const { engine } = this.#deps;
    const name = session.name ?? '';
    const attached = await this.#open((signal) => engine.debug.attach(session.desktopId, name, signal));
    if (fresh) return new SharedTerminal(attached);
    // What is printed while the log is read comes twice, and is cut off there.
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
      const options = { follow: false, tailBytes: PAST_BYTES };
      const signal = AbortSignal.timeout(LOG_TIMEOUT_MS);
      for await (const { text } of this.#deps.engine.logs({ desktopId, container, ...beside }, options, signal))
        lines.push(text.replace(/\r$/, ''));
    } catch {
      // The terminal is usable without its past.
    }
    return Buffer.from(lines.join('\r\n'));
  }

  async #exec(session: DebugSession, size: TerminalSize, { command, tty }: TerminalCommand): Promise<SharedTerminal> {
    const spec = { command, tty: tty ? size : null, env: { TERM: 'xterm-256color' } };
    return new SharedTerminal(await this.#open((signal) => this.#deps.engine.exec(targetOf(session), spec, signal)));
  }

  /** The time is for opening alone: what was opened lasts until it is closed, or this server stops. */
  async #open(open: (signal: AbortSignal) => Promise<ExecSession>): Promise<ExecSession> {
    const late = new AbortController();
    const why = new DeskpodError('timeout', 'The terminal did not open in time.', { remedy: 'Try again.' });
    const timer = setTimeout(() => late.abort(why), ATTACH_TIMEOUT_MS);
    try {
      return await open(AbortSignal.any([this.#closed.signal, late.signal]));
    } finally {
      clearTimeout(timer);
    }
  }

  #transcriptOf({ session, server }: DebugRecord): Transcript | null {
    const { store, me, failed } = this.#deps;
    if (server !== me && session.kind === 'toolbox') return null;
    const { id, by, userId, launchId, desktopId } = session;
    return new Transcript({
      startedAt: new Date(session.startedAt ?? session.askedAt),
      title: `${by.name} in ${launchId ?? desktopId} of ${userId}`,
      begun: session.transcript,
      write: (text) => store.debug.record(id, text),
      failed: (error) => failed(`recording debug session ${id}`, error),
    });
  }
}

/** Toolboxes are shared by all sessions that use them, commands are of one session. */
function keyOf({ id, kind, desktopId, name }: DebugSession): string {
  return kind === 'toolbox' ? `toolbox ${desktopId} ${name}` : `session ${id}`;
}

/** Where a command runs: in the launch, or in the copy of it that the session made. */
function targetOf({ kind, desktopId, launchId, name }: DebugSession): Target {
  const launch = kind === 'copy' ? name : launchId;
  return launch === null ? { desktopId } : { desktopId, launchId: launch };
}
