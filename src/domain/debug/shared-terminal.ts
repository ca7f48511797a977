/**
 * One connection to a running command that several participants share. Each of them receives the earlier output and then
 * the live output; the input of all goes to the command. The size is that of the smallest participant. Leaving ends nothing.
 */
import { Duplex, Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { ServerMessage, TerminalSize } from '#protocol/terminal.ts';
import type { ExecSession } from '../ports/engine-launch.ts';
import { waitAtMost } from '../deadlines.ts';
import { ignore } from '#protocol/ignore.ts';

/** With more unread bytes, a slow participant pauses the command; after a pause without reading, it is disconnected. */
const PAUSE_BYTES = 1024 * 1024;
const PAUSE_MS = 10_000;
const EXIT_CODE_MS = 5_000;
const READ_ONLY = 'This terminal is read-only for you: its profile isn’t available to you.';
export const SCROLLBACK_BYTES = 512 * 1024;
/** Longer overlaps are not detected. */
const OVERLAP_BYTES = 16 * 1024;
export const FIRST_SIZE: TerminalSize = { columns: 80, rows: 24 };

/** Notifications to a participant, beside the terminal's bytes. */
export type ParticipantEvents = Extract<ServerMessage, { type: 'people' | 'ending' | 'error' }>;

/** One person's side of the terminal; destroying its stream leaves it. */
export interface Participant extends ExecSession {
  onNews(listener: (news: ParticipantEvents) => void): void;
}

interface Seat {
  readonly stream: Duplex;
  readonly stderr: Readable | null;
  /** The debug session it belongs to. */
  readonly group: string;
  readonly news: Set<(news: ParticipantEvents) => void>;
  readonly left: (exitCode: number | null) => void;
  size: TerminalSize;
  /** Receives nothing more. */
  over: boolean;
}

export interface TerminalListener {
  output(piece: Buffer): void;
  resize(size: TerminalSize): void;
}

export class SharedTerminal {
  readonly #session: ExecSession;
  readonly #past = { stdout: new Scrollback(), stderr: new Scrollback() };
  readonly #seats = new Set<Seat>();
  readonly #listeners = new Set<TerminalListener>();
  readonly #deadlines = new Map<string, string>();
  #size = FIRST_SIZE;
  #redraw: boolean;
  #pause: NodeJS.Timeout | null = null;
  /** Resolves with the exit code, or null if it is unknown, after all output. */
  readonly over: Promise<number | null>;

  /** `redraw`: the command ran before, so its program should redraw for the first participant. */
  constructor(session: ExecSession, { past, redraw = false }: { past?: Buffer; redraw?: boolean } = {}) {
    this.#session = session;
    this.#redraw = redraw;
    if (past !== undefined && past.length > 0) this.#past.stdout.add(past);
    const { stream, stderr } = session;
    stream.on('data', (piece: Buffer) => this.#printed('stdout', piece));
    stderr?.on('data', (piece: Buffer) => this.#printed('stderr', piece));
    this.#setPaused(false);
    const outputs = stderr === null ? [stream] : [stream, stderr];
    const ends = outputs.map((one) => finished(one, { writable: false }));
    this.over = Promise.allSettled(ends).then(() => this.#ended());
    if (stderr === null) session.resize(FIRST_SIZE).catch(ignore('the command has ended'));
  }

  /** Joins as part of the session `group`; without `mayType`, read-only. */
  join(size: TerminalSize, group: string, mayType = true): Participant {
    const exit = Promise.withResolvers<number | null>();
    const stream = new Duplex({
      read: () => this.#release(),
      write: (piece: Buffer, _encoding, done) => {
        if (mayType) return this.#typed(piece, done);
        notify(seat, { type: 'error', message: READ_ONLY });
        done();
      },
      final: (done) => {
        if (mayType) this.#session.stream.end(() => done());
        else done();
      },
      destroy: (error, done) => {
        stderr?.destroy();
        this.#leave(seat);
        done(error);
      },
    });
    const stderr = this.#session.stderr === null ? null : new Readable({ read: () => this.#release() });
    // The consumer sees the error; without a listener it would end the process.
    stream.on('error', () => {});
    const seat: Seat = { stream, stderr, group, size, news: new Set(), left: exit.resolve, over: false };
    const { stdout: printed, stderr: complained } = this.#past;
    if (printed.all().length > 0) stream.push(printed.all());
    if (complained.all().length > 0) stderr?.push(complained.all());
    this.#seats.add(seat);
    this.#fit();
    this.#notifyCount();
    return {
      stream,
      stderr,
      exitCode: exit.promise,
      resize: async (newSize) => {
        seat.size = newSize;
        this.#fit();
      },
      onNews: (listener) => {
        seat.news.add(listener);
        listener({ type: 'people', count: Math.max(this.#seats.size, 1) });
        const endsAt = this.#deadlines.get(group);
        if (endsAt !== undefined) listener({ type: 'ending', endsAt });
      },
    };
  }

  /** Returns a function that unsubscribes the listener. */
  listen(listener: TerminalListener): () => void {
    this.#listeners.add(listener);
    listener.resize(this.#size);
    return () => void this.#listeners.delete(listener);
  }

  /** Warns the participants of a session that it ends soon; null cancels the warning. */
  warn(group: string, endsAt: string | null): void {
    if (endsAt === null) this.#deadlines.delete(group);
    else this.#deadlines.set(group, endsAt);
    for (const seat of this.#seats)
      if (endsAt !== null && seat.group === group) notify(seat, { type: 'ending', endsAt });
  }

  /** Ends the seats of a session; the terminal stays open for other sessions. */
  dismiss(group: string, why: string | null): void {
    for (const seat of this.#seats) {
      if (seat.group !== group) continue;
      if (why !== null) notify(seat, { type: 'error', message: why });
      finish(seat);
    }
  }

  /** Disconnects from the command, which keeps running if the engine allows it. */
  close(): void {
    this.#session.stream.destroy();
  }

  #printed(name: 'stdout' | 'stderr', piece: Buffer): void {
    this.#past[name].add(piece);
    for (const listener of this.#listeners) listener.output(piece);
    for (const { stream, stderr, over } of this.#seats)
      if (!over && !stream.destroyed) (name === 'stderr' ? stderr : stream)?.push(piece);
    if ([...this.#seats].some(isBehind)) this.#pauseCommand();
  }

  #typed(piece: Buffer, done: () => void): void {
    const { stream } = this.#session;
    if (stream.destroyed || stream.writableEnded) done();
    else stream.write(piece, () => done());
  }

  #setPaused(paused: boolean): void {
    for (const output of [this.#session.stream, this.#session.stderr])
      if (paused) output?.pause();
      else output?.resume();
  }

  #pauseCommand(): void {
    if (this.#pause) return;
    this.#setPaused(true);
    const before = new Map([...this.#seats].map((seat) => [seat, unread(seat)]));
    this.#pause = setTimeout(() => this.#pauseElapsed(before), PAUSE_MS).unref();
  }

  /** Disconnects a participant that read nothing meanwhile; a slow one gets more time. */
  #pauseElapsed(before: ReadonlyMap<Seat, number>): void {
    const alone = this.#seats.size === 1;
    for (const seat of [...this.#seats].filter(isBehind))
      if (!alone && unread(seat) >= (before.get(seat) ?? 0))
        seat.stream.destroy(new Error('The output wasn’t read in time. Connect again.'));
    this.#pause = null;
    if ([...this.#seats].some(isBehind)) this.#pauseCommand();
    else this.#setPaused(false);
  }

  #release(): void {
    if (!this.#pause || [...this.#seats].some(isBehind)) return;
    clearTimeout(this.#pause);
    this.#pause = null;
    this.#setPaused(false);
  }

  #leave(seat: Seat): void {
    if (!this.#seats.delete(seat)) return;
    seat.left(null);
    this.#release();
    this.#fit();
    this.#notifyCount();
  }

  #fit(): void {
    const sizes = [...this.#seats].map(({ size }) => size);
    if (sizes.length === 0 || this.#session.stderr !== null) return;
    const size = {
      columns: Math.min(...sizes.map(({ columns }) => columns)),
      rows: Math.min(...sizes.map(({ rows }) => rows)),
    };
    if (!this.#redraw && size.columns === this.#size.columns && size.rows === this.#size.rows) return;
    const other = { ...size, rows: size.rows > 1 ? size.rows - 1 : 2 };
    const resized = this.#redraw
      ? this.#session.resize(other).then(() => this.#session.resize(size))
      : this.#session.resize(size);
    // A command that has just ended can't be resized.
    resized.catch(ignore('the command has ended'));
    this.#redraw = false;
    this.#size = size;
    for (const listener of this.#listeners) listener.resize(size);
  }

  #notifyCount(): void {
    const count = this.#seats.size;
    if (count > 0) for (const seat of this.#seats) notify(seat, { type: 'people', count });
  }

  async #ended(): Promise<number | null> {
    if (this.#pause) clearTimeout(this.#pause);
    const known = this.#session.exitCode.catch(ignore('the exit code is unknown', null));
    const exitCode = await waitAtMost(EXIT_CODE_MS, known, null);
    for (const seat of this.#seats) {
      seat.left(exitCode);
      finish(seat);
    }
    return exitCode;
  }
}

function finish(seat: Seat): void {
  if (seat.over || seat.stream.destroyed) return;
  seat.over = true;
  seat.stream.push(null);
  seat.stderr?.push(null);
}

function unread({ stream, stderr }: Seat): number {
  return stream.readableLength + (stderr?.readableLength ?? 0);
}

function isBehind(seat: Seat): boolean {
  return !seat.stream.destroyed && unread(seat) > PAUSE_BYTES;
}

function notify({ news }: Seat, message: ParticipantEvents): void {
  for (const listener of news) listener(message);
}

/** The latest output, in whole pieces up to a limit. */
class Scrollback {
  readonly #pieces: Buffer[] = [];
  #size = 0;

  add(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#size += piece.length;
    while (this.#size > SCROLLBACK_BYTES && this.#pieces.length > 1) this.#size -= this.#pieces.shift()?.length ?? 0;
  }

  all(): Buffer {
    return Buffer.concat(this.#pieces);
  }
}

/** Removes the end of a log that is also the start of the live output, which arrived while the log was read. */
export function withoutOverlap(log: Buffer, live: Buffer): Buffer {
  const most = Math.min(log.length, live.length, OVERLAP_BYTES);
  for (let length = most; length > 0; length -= 1) {
    if (log.subarray(log.length - length).equals(live.subarray(0, length))) return log.subarray(0, log.length - length);
  }
  return log;
}
