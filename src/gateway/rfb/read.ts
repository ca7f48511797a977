/** Reads an exact number of bytes from a stream without other readers, and leaves the rest in the stream. */
import type { Duplex } from 'node:stream';

/** Fails if the stream ends or breaks first, or the signal aborts. `count` is at most the stream's high-water mark. */
export async function readExactly(stream: Duplex, count: number, signal: AbortSignal): Promise<Buffer> {
  while (!stream.destroyed) {
    signal.throwIfAborted();
    const bytes: unknown = stream.read(count);
    if (Buffer.isBuffer(bytes)) {
      if (bytes.length === count) return bytes;
      break;
    }
    if (stream.readableEnded) break;
    await readable(stream, signal);
  }
  throw stream.errored ?? new Error('The connection was closed.');
}

function readable(stream: Duplex, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const events = ['readable', 'end', 'close', 'error'] as const;
    const done = (): void => {
      for (const event of events) stream.off(event, done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    for (const event of events) stream.on(event, done);
    signal.addEventListener('abort', done, { once: true });
  });
}
