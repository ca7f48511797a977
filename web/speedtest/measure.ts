/** The speed test: round trips, download, upload, each limited in time and bytes. */
import { jitter, median, Meter } from './meter.ts';

export type Phase = 'latency' | 'download' | 'upload';

/** The figures so far; null if not measured yet. Times in milliseconds, rates in bits per second. */
export interface Figures {
  readonly latency: number | null;
  readonly jitter: number | null;
  readonly download: number | null;
  readonly upload: number | null;
}

export interface Result extends Figures {
  /** The total duration. */
  readonly ms: number;
  readonly trips: number;
  readonly downBytes: number;
  readonly upBytes: number;
}

/** The connection to the server. Every promise rejects when the signal aborts. */
export interface Line {
  /** Milliseconds of a round trip. */
  readonly ping: (signal: AbortSignal) => Promise<number>;
  /** `onBytes` receives the number of bytes since the last call. */
  readonly download: (bytes: number, onBytes: (bytes: number) => void, signal: AbortSignal) => Promise<void>;
  /** `onBytes` receives the number of bytes since the last call. */
  readonly upload: (bytes: number, onBytes: (bytes: number) => void, signal: AbortSignal) => Promise<void>;
  /** Milliseconds of a monotonic clock. */
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
/** Parallel streams: a single one is slow over long distances. */
const STREAMS = 4;
const DOWN_BYTES = 64 * MIB;
/** Proxies often refuse larger bodies. */
const FIRST_UP_BYTES = MIB;
const LONGEST_UP_BYTES = 16 * MIB;

export const noFigures: Figures = { latency: null, jitter: null, download: null, upload: null };

/** Rejects when the signal aborts or the connection fails; figures reported until then are valid. */
export async function measure(line: Line, { onPhase, onFigures }: Telling, signal: AbortSignal): Promise<Result> {
  const startedAt = line.now();
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
  return { ...figures, ms: line.now() - startedAt, trips, downBytes: down.bytes, upBytes: up.bytes };
}

async function roundTrips(
  line: Line,
  tell: (latency: number | null, spread: number | null) => void,
  signal: AbortSignal,
): Promise<number> {
  // The first request also opens the connection.
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

/** Runs several streams for the duration of a phase, or until enough bytes are transferred. */
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

/** Increases the size of bodies until one is refused. */
function uploads(line: Line): Stream {
  let size = FIRST_UP_BYTES;
  let most = LONGEST_UP_BYTES;
  return async (onBytes, signal) => {
    const asked = Math.min(size, most);
    try {
      await line.upload(asked, onBytes, signal);
      size = Math.max(size, asked * 4);
    } catch (error) {
      // A proxy may close the connection if the body is too large.
      if (signal.aborted || asked <= FIRST_UP_BYTES) throw error;
      most = FIRST_UP_BYTES;
    }
  };
}
