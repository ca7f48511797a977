/**
 * One attachment to a running command that several people share. Each seat gets what was printed before and then what is
 * printed, and what any of them types goes in. The terminal is as large as the smallest seat. Leaving ends nothing.
 */
import { Duplex } from 'node:stream';
import type { TerminalMessage, TerminalSize } from '../../protocol/terminal.ts';
import type { ExecSession } from '../engine.ts';
import { Past } from './past.ts';

/** Above this a slow seat holds the command back; one that reads nothing for so long has to come again. */
const HOLD_BYTES = 1024 * 1024;
const HOLD_MS = 10_000;
const EXIT_CODE_MS = 5_000;
const WATCHING = 'You watch: what you type goes nowhere, since rights like these are not offered to you.';
export const FIRST_SIZE: TerminalSize = { columns: 80, rows: 24 };

/** What people at a terminal are told beside its bytes. */
export type SeatNews = Extract<TerminalMessage, { type: 'people' | 'ending' | 'error' }>;

/** One person's side: destroying its stream is leaving. */
export interface Seat extends ExecSession {
  onNews(listener: (news: SeatNews) => void): void;
}

interface Place {
  readonly stream: Duplex;
  /** Whose session it belongs to. */
  readonly group: string;
  readonly news: Set<(news: SeatNews) => void>;
  readonly left: (exitCode: number | null) => void;
  size: TerminalSize;
  /** Gets nothing more. */
  over: boolean;
}

export interface TerminalListener {
  output(piece: Buffer): void;
  resize(size: TerminalSize): void;
}

export class SharedTerminal {
  readonly #session: ExecSession;
  readonly #past = new Past();
  readonly #places = new Set<Place>();
  readonly #listeners = new Set<TerminalListener>();
  readonly #endings = new Map<string, string>();
  #size = FIRST_SIZE;
  #redraw: boolean;
  #hold: NodeJS.Timeout | null = null;
  /** Resolves with the exit code, if anybody knows it, once nothing more comes. */
  readonly over: Promise<number | null>;

  /** `redraw`: it was there before, so the program shall paint itself anew for the first seat. */
  constructor(session: ExecSession, { past, redraw = false }: { past?: Buffer; redraw?: boolean } = {}) {
    this.#session = session;
    this.#redraw = redraw;
    if (past !== undefined && past.length > 0) this.#past.add(past);
    const { stream } = session;
    const over = Promise.withResolvers<void>();
    stream.on('data', (piece: Buffer) => this.#printed(piece));
    stream.once('error', () => stream.destroy());
    stream.once('end', () => over.resolve());
    stream.once('close', () => over.resolve());
    if (stream.destroyed) over.resolve();
    stream.resume();
    this.over = over.promise.then(() => this.#ended());
    session.resize(FIRST_SIZE).catch(() => {});
  }

  /** Of the session `group`; `mayType` false only watches. */
  join(size: TerminalSize, group: string, mayType = true): Seat {
    const exit = Promise.withResolvers<number | null>();
    const stream = new Duplex({
      read: () => this.#release(),
      write: (piece: Buffer, _encoding, done) => {
        if (mayType) return this.#typed(piece, done);
        tell(place, { type: 'error', message: WATCHING });
        done();
      },
      destroy: (error, done) => {
        this.#leave(place);
        done(error);
      },
    });
    // Whoever sits there hears of it; without anybody it ends nothing else.
    stream.on('error', () => {});
    const place: Place = { stream, group, size, news: new Set(), left: exit.resolve, over: false };
    const past = this.#past.all();
    if (past.length > 0) stream.push(past);
    this.#places.add(place);
    this.#fit();
    this.#tellPeople();
    return {
      stream,
      exitCode: exit.promise,
      resize: async (wanted) => {
        place.size = wanted;
        this.#fit();
      },
      onNews: (listener) => {
        place.news.add(listener);
        listener({ type: 'people', count: Math.max(this.#places.size, 1) });
        const endsAt = this.#endings.get(group);
        if (endsAt !== undefined) listener({ type: 'ending', endsAt });
      },
    };
  }

  /** Returns how to stop listening. */
  listen(listener: TerminalListener): () => void {
    this.#listeners.add(listener);
    listener.resize(this.#size);
    return () => void this.#listeners.delete(listener);
  }

  /** Tells the people of a session that it ends soon; null takes that back. */
  warn(group: string, endsAt: string | null): void {
    if (endsAt === null) this.#endings.delete(group);
    else this.#endings.set(group, endsAt);
    for (const place of this.#places)
      if (endsAt !== null && place.group === group) tell(place, { type: 'ending', endsAt });
  }

  /** The session is over, the terminal may go on for others. */
  dismiss(group: string, why: string | null): void {
    for (const place of this.#places) {
      if (place.group !== group) continue;
      if (why !== null) tell(place, { type: 'error', message: why });
      finish(place);
    }
  }

  /** Leaves the command; it goes on where the engine lets it. */
  close(): void {
    this.#session.stream.destroy();
  }

  #printed(piece: Buffer): void {
    this.#past.add(piece);
    for (const listener of this.#listeners) listener.output(piece);
    for (const { stream, over } of this.#places) if (!over) stream.push(piece);
    if ([...this.#places].some(isBehind)) this.#holdBack();
  }

  #typed(piece: Buffer, done: () => void): void {
    const { stream } = this.#session;
    if (stream.destroyed || stream.writableEnded || stream.write(piece)) done();
    else stream.once('drain', done);
  }

  #holdBack(): void {
    if (this.#hold) return;
    this.#session.stream.pause();
    const before = new Map([...this.#places].map((place) => [place, place.stream.readableLength]));
    this.#hold = setTimeout(() => this.#heldLong(before), HOLD_MS).unref();
  }

  /** Whoever read nothing meanwhile has gone, perhaps; whoever is merely slow is waited for. */
  #heldLong(before: ReadonlyMap<Place, number>): void {
    for (const place of [...this.#places].filter(isBehind))
      if (place.stream.readableLength >= (before.get(place) ?? 0))
        place.stream.destroy(new Error('what it prints was not read in time; connect again'));
    this.#hold = null;
    if ([...this.#places].some(isBehind)) this.#holdBack();
    else this.#session.stream.resume();
  }

  #release(): void {
    if (!this.#hold || [...this.#places].some(isBehind)) return;
    clearTimeout(this.#hold);
    this.#hold = null;
    this.#session.stream.resume();
  }

  #leave(place: Place): void {
    if (!this.#places.delete(place)) return;
    place.left(null);
    this.#release();
    this.#fit();
    this.#tellPeople();
  }

  #fit(): void {
    const sizes = [...this.#places].map(({ size }) => size);
    if (sizes.length === 0) return;
    const size = {
      columns: Math.min(...sizes.map(({ columns }) => columns)),
      rows: Math.min(...sizes.map(({ rows }) => rows)),
    };
    if (!this.#redraw && size.columns === this.#size.columns && size.rows === this.#size.rows) return;
    const other = { ...size, rows: size.rows > 1 ? size.rows - 1 : 2 };
    const resized = this.#redraw
      ? this.#session.resize(other).then(() => this.#session.resize(size))
      : this.#session.resize(size);
    // A command that has just ended has no size any more.
    resized.catch(() => {});
    this.#redraw = false;
    this.#size = size;
    for (const listener of this.#listeners) listener.resize(size);
  }

  #tellPeople(): void {
    const count = this.#places.size;
    if (count > 0) for (const place of this.#places) tell(place, { type: 'people', count });
  }

  async #ended(): Promise<number | null> {
    if (this.#hold) clearTimeout(this.#hold);
    const late = Promise.withResolvers<null>();
    const timer = setTimeout(() => late.resolve(null), EXIT_CODE_MS).unref();
    const exitCode = await Promise.race([this.#session.exitCode.catch(() => null), late.promise]);
    clearTimeout(timer);
    for (const place of this.#places) {
      place.left(exitCode);
      finish(place);
    }
    return exitCode;
  }
}

function finish(place: Place): void {
  if (place.over || place.stream.destroyed) return;
  place.over = true;
  place.stream.push(null);
}

function isBehind({ stream }: Place): boolean {
  return !stream.destroyed && stream.readableLength > HOLD_BYTES;
}

function tell({ news }: Place, message: SeatNews): void {
  for (const listener of news) listener(message);
}
