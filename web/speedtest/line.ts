/** The speed test's way to the server in a browser; addresses are relative to the page, which lies in `speedtest/`. */
import { address } from '../ui/address.ts';
import type { Line } from './measure.ts';

/** No answer at all, or one that broke off. */
export class LineError extends Error {
  override readonly name = 'LineError';
}

/** The server, or something before it, said no. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly status: number;

  constructor(status: number) {
    super(`status ${status}`);
    this.status = status;
  }
}

/** A round trip or the beginning of an answer that takes longer has failed. */
const ANSWER_MS = 10_000;
/** `getRandomValues` gives no more at once. */
const RANDOM_BYTES = 65_536;
const BLOCK_BYTES = 1024 * 1024;

export const line: Line = {
  ping: async (signal) => {
    pings += 1;
    const path = `ping?n=${pings}`;
    const sent = performance.now();
    const answer = await asked(path, signal);
    await answer.arrayBuffer();
    return onTheWay(address(path).href) ?? performance.now() - sent;
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
    const answer = await fetch(address(path), { cache: 'no-store', signal: both });
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

/** Without what a busy browser adds to it; null when it does not tell. */
function onTheWay(url: string): number | null {
  const entry = performance.getEntriesByName(url).find((one) => one instanceof PerformanceResourceTiming);
  performance.clearResourceTimings();
  return entry && entry.requestStart > 0 ? entry.responseStart - entry.requestStart : null;
}

/** fetch does not tell how much of a body has left. */
function sent(body: Blob, onBytes: (bytes: number) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let told = 0;
    const tell = (loaded: number) => {
      const left = Math.min(loaded, body.size);
      onBytes(left - told);
      told = left;
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
    request.open('POST', address('upload'));
    request.setRequestHeader('content-type', 'application/octet-stream');
    // The server takes no change without it: a form of another site cannot send it.
    request.setRequestHeader('x-deskpod', '1');
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener('abort', abort);
    request.send(body);
  });
}

const bodies = new Map<number, Blob>();

/** Nothing on the way can compress it. */
function bodyOf(bytes: number): Blob {
  const known = bodies.get(bytes);
  if (known) return known;
  const block = new Uint8Array(Math.min(bytes, BLOCK_BYTES));
  for (let at = 0; at < block.length; at += RANDOM_BYTES) crypto.getRandomValues(block.subarray(at, at + RANDOM_BYTES));
  const body = new Blob(Array.from({ length: Math.ceil(bytes / block.length) }, () => block)).slice(0, bytes);
  bodies.set(bytes, body);
  return body;
}
