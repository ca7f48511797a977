/** The speed test itself: round trips, then bytes down, then bytes up; each bounded in time and bytes. */
import { jitter, median, Meter } from './meter.ts';

export type Phase = 'latency' | 'download' | 'upload';

/** What is known so far; null is not measured yet. Times in milliseconds, rates in bits a second. */
export interface Figures {
  readonly latency: number | null;
  readonly jitter: number | null;
  readonly download: number | null;
  readonly upload: number | null;
}

export interface Result extends Figures {
  /** How long all of it took. */
  readonly ms: number;
  readonly trips: number;
  readonly downBytes: number;
  readonly upBytes: number;
}

/** The way to the server, as the test needs it. Every promise rejects when the signal aborts. */
export interface Line {
  /** Milliseconds that an answer took on its way. */
  readonly ping: (signal: AbortSignal) => Promise<number>;
  /** `onBytes` is told what has arrived since it was told last. */
  readonly download: (bytes: number, onBytes: (bytes: number) => void, signal: AbortSignal) => Promise<void>;
  /** `onBytes` is told what has left since it was told last. */
  readonly upload: (bytes: number, onBytes: (bytes: number) => void, signal: AbortSignal) => Promise<void>;
  /** Milliseconds, never going back. */
  readonly now: () => number;
  /** Calls `tick` until the returned function is called. */
  readonly every: (ms: number, tick: () => void) => () => void;
}

export interface Telling {
  readonly onPhase: (phase: Phase) => void;
  readonly onFigures: (figures: Figures) => void;
}

const MIB = 1024 * 1024;
const PHASE_MS = 5_000;
const MOST_TRIPS = 40;
const SAMPLE_MS = 250;
const MOST_BYTES = 1024 * MIB;
/** Side by side: one alone is slowed by long distances. */
const STREAMS = 4;
const DOWN_BYTES = 64 * MIB;
/** Proxies often take no larger body. */
const FIRST_UP_BYTES = MIB;
const LONGEST_UP_BYTES = 16 * MIB;

export const noFigures: Figures = { latency: null, jitter: null, download: null, upload: null };

/** Rejects when the signal aborts or the line fails; what was told by then stays true. */
export async function measure(line: Line, { onPhase, onFigures }: Telling, signal: AbortSignal): Promise<Result> {
  const begun = line.now();
  let figures = noFigures;
  const tell = (more: Partial<Figures>) => {
    figures = { ...figures, ...more };
    onFigures(figures);
  };
  onPhase('latency');
  const trips = await roundTrips(line, (latency, spread) => tell({ latency, jitter: spread }), signal);
  onPhase('download');
  const down = await transfer(line, downloads(line), (download) => tell({ download }), signal);
  tell({ download: down.median() });
  onPhase('upload');
  const up = await transfer(line, uploads(line), (upload) => tell({ upload }), signal);
  tell({ upload: up.median() });
  return { ...figures, ms: line.now() - begun, trips, downBytes: down.bytes, upBytes: up.bytes };
}

async function roundTrips(
  line: Line,
  tell: (latency: number | null, spread: number | null) => void,
  signal: AbortSignal,
): Promise<number> {
  // The first one also opens the connection.
  await line.ping(signal);
  const until = line.now() + PHASE_MS;
  const trips: number[] = [];
  while (trips.length < MOST_TRIPS && line.now() < until) {
    trips.push(await line.ping(signal));
    tell(median(trips), jitter(trips));
  }
  return trips.length;
}

type Stream = (onBytes: (bytes: number) => void, signal: AbortSignal) => Promise<void>;

/** Several streams for the time of a phase, or until enough bytes went. */
async function transfer(
  line: Line,
  stream: Stream,
  tell: (rate: number | null) => void,
  signal: AbortSignal,
): Promise<Meter> {
  const enough = new AbortController();
  const meter = new Meter(line.now());
  const until = line.now() + PHASE_MS;
  let bytes = 0;
  const stop = line.every(SAMPLE_MS, () => {
    meter.mark(line.now(), bytes);
    tell(meter.live());
    if (line.now() >= until) enough.abort();
  });
  const count = (more: number) => {
    bytes += more;
    if (bytes >= MOST_BYTES) enough.abort();
  };
  const both = AbortSignal.any([signal, enough.signal]);
  try {
    const endless = async () => {
      while (!both.aborted) await stream(count, both);
    };
    await Promise.all(Array.from({ length: STREAMS }, endless));
  } catch (error) {
    signal.throwIfAborted();
    if (!enough.signal.aborted) throw error;
  } finally {
    enough.abort();
    stop();
  }
  meter.mark(line.now(), bytes);
  return meter;
}

function downloads(line: Line): Stream {
  return (onBytes, signal) => line.download(DOWN_BYTES, onBytes, signal);
}

/** Larger and larger bodies, as long as they are taken. */
function uploads(line: Line): Stream {
  let size = FIRST_UP_BYTES;
  let most = LONGEST_UP_BYTES;
  return async (onBytes, signal) => {
    const asked = Math.min(size, most);
    try {
      await line.upload(asked, onBytes, signal);
      size = Math.max(size, asked * 4);
    } catch (error) {
      // Something before the server may cut what is too large for it without a word.
      if (signal.aborted || asked <= FIRST_UP_BYTES) throw error;
      most = FIRST_UP_BYTES;
    }
  };
}
