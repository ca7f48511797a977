/** When a new desktop can be used: its screen answers, and its window manager is there. By events, never by guessing. */
import { watch } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { connected } from '../connected.ts';

const BANNER = 'RFB 003.';
/** A socket appears a moment before its owner listens, and nothing tells when it does. */
const REFUSED_RETRY_MS = 20;

/** Resolves once the server behind `socket` says that it speaks RFB; `folder` is where the socket appears. */
export async function screenAnswers(folder: string, socket: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let trying = false;
  let again: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    if (trying) return;
    trying = true;
    const result = await tryBanner(socket, signal);
    trying = false;
    if (result === 'ready') resolve();
    else if (result === 'refused' && !signal.aborted) again = setTimeout(() => void look(), REFUSED_RETRY_MS);
  };
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  const watcher = watch(folder, () => void look());
  watcher.on('error', reject);
  void look();
  try {
    await promise;
  } finally {
    signal.removeEventListener('abort', abort);
    clearTimeout(again);
    watcher.close();
  }
}

/** A connection to a socket of a desktop. */
export async function connectSocket(path: string, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted();
  return connected(connect(path), path, signal);
}

async function tryBanner(path: string, signal: AbortSignal): Promise<'ready' | 'refused' | 'absent'> {
  const { promise, resolve } = Promise.withResolvers<'ready' | 'refused' | 'absent'>();
  const socket = connect(path);
  const abort = (): void => void socket.destroy();
  signal.addEventListener('abort', abort, { once: true });
  let received = '';
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    received += chunk;
    if (received.length >= BANNER.length) resolve(received.startsWith(BANNER) ? 'ready' : 'absent');
  });
  socket.on('error', (error) => resolve('code' in error && error.code === 'ENOENT' ? 'absent' : 'refused'));
  socket.on('close', () => resolve('refused'));
  return promise.finally(() => {
    signal.removeEventListener('abort', abort);
    socket.destroy();
  });
}
