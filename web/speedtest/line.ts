/** The speed test's connection to the server; URLs are relative to the page in `speedtest/`. */
import { serverUrl } from '../ui/server-url.ts';
import type { Line } from './measure.ts';

/** No reply, or an incomplete one. */
export class LineError extends Error {
  override readonly name = 'LineError';
}

/** The server or a proxy refused the request. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly status: number;

  constructor(status: number) {
    super(`status ${status}`);
    this.status = status;
  }
}

/** Timeout of a round trip and of the start of a reply. */
const ANSWER_MS = 10_000;
/** The limit of `getRandomValues` per call. */
const RANDOM_BYTES = 65_536;
const BLOCK_BYTES = 1024 * 1024;

export const line: Line = {
  ping: async (signal) => {
    pings += 1;
    const path = `ping?n=${pings}`;
    const sent = performance.now();
    const answer = await asked(path, signal);
    await answer.arrayBuffer();
    return onTheWay(serverUrl(path).href) ?? performance.now() - sent;
  },
  download: async (bytes, onBytes, signal) => {
    const answer = await asked(`garbage?bytes=${bytes}`, signal);
    const reader = answer.body?.getReader();
    try {
      for (;;) {
        const piece = await reader?.read();
        if (!piece || piece.done) return;
        onBytes(piece.value.byteLength);
      }
    } catch (cause) {
      signal.throwIfAborted();
      throw new LineError('broken off', { cause });
    }
  },
  upload: (bytes, onBytes, signal) => sent(bodyOf(bytes), onBytes, signal),
  now: () => performance.now(),
  every: (ms, tick) => {
    const timer = setInterval(tick, ms);
    return () => clearInterval(timer);
  },
};

async function asked(path: string, signal: AbortSignal): Promise<Response> {
  const slow = new AbortController();
  const timer = setTimeout(() => slow.abort(), ANSWER_MS);
  try {
    const both = AbortSignal.any([signal, slow.signal]);
    const answer = await fetch(serverUrl(path), { cache: 'no-store', signal: both });
    if (!answer.ok) throw new RefusedError(answer.status);
    return answer;
  } catch (cause) {
    signal.throwIfAborted();
    throw cause instanceof RefusedError ? cause : new LineError('no answer', { cause });
  } finally {
    clearTimeout(timer);
  }
}

let pings = 0;

/** Without the delay of a busy browser; null if the browser doesn't report it. */
function onTheWay(url: string): number | null {
  const entry = performance.getEntriesByName(url).find((one) => one instanceof PerformanceResourceTiming);
  performance.clearResourceTimings();
  return entry && entry.requestStart > 0 ? entry.responseStart - entry.requestStart : null;
}

/** fetch doesn't report the progress of an upload. */
function sent(body: Blob, onBytes: (bytes: number) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let reported = 0;
    const tell = (loaded: number) => {
      const left = Math.min(loaded, body.size);
      onBytes(left - reported);
      reported = left;
    };
    const abort = () => request.abort();
    request.upload.addEventListener('progress', ({ loaded }) => tell(loaded));
    request.addEventListener('load', () => {
      if (request.status >= 300) return reject(new RefusedError(request.status));
      tell(body.size);
      resolve();
    });
    request.addEventListener('error', () => reject(new LineError('broken off')));
    request.addEventListener('abort', () => reject(signal.reason));
    request.addEventListener('loadend', () => signal.removeEventListener('abort', abort));
    request.open('POST', serverUrl('upload'));
    request.setRequestHeader('content-type', 'application/octet-stream');
    // Required by the server: a form of another site can't send it.
    request.setRequestHeader('x-deskpod', '1');
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener('abort', abort);
    request.send(body);
  });
}

const bodies = new Map<number, Blob>();

/** Random data can't be compressed on the way. */
function bodyOf(bytes: number): Blob {
  const known = bodies.get(bytes);
  if (known) return known;
  const block = new Uint8Array(Math.min(bytes, BLOCK_BYTES));
  for (let at = 0; at < block.length; at += RANDOM_BYTES) crypto.getRandomValues(block.subarray(at, at + RANDOM_BYTES));
  const body = new Blob(Array.from({ length: Math.ceil(bytes / block.length) }, () => block)).slice(0, bytes);
  bodies.set(bytes, body);
  return body;
}
