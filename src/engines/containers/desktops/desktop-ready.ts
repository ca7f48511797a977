/** Waiting until the screen of a new desktop answers, by file events instead of polling. */
import { watch } from 'node:fs';
import { connect } from 'node:net';
import { DeskpodError } from '#domain/errors.ts';
import { withOwnSocket } from '../host/own-socket.ts';

const BANNER = 'RFB 003.';
/** A socket file appears a moment before its server listens, which no event reports. */
const REFUSED_RETRY_MS = 20;

/** Resolves when an RFB server of `owner` answers on `socket`, which appears in `folder`. */
export async function screenAnswers(folder: string, socket: string, owner: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let trying = false;
  let again: NodeJS.Timeout | undefined;
  const check = async (): Promise<void> => {
    if (trying) return;
    trying = true;
    const result = await tryBanner(socket, owner, signal).catch(reject);
    trying = false;
    if (result === 'ready') resolve();
    else if (result === 'refused' && !signal.aborted) again = setTimeout(() => void check(), REFUSED_RETRY_MS);
  };
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  const watcher = watch(folder, () => void check());
  watcher.on('error', reject);
  void check();
  try {
    await promise;
  } finally {
    signal.removeEventListener('abort', abort);
    clearTimeout(again);
    watcher.close();
  }
}

type Answer = 'ready' | 'refused' | 'absent';

async function tryBanner(path: string, owner: number, signal: AbortSignal): Promise<Answer> {
  try {
    return await withOwnSocket(path, owner, (found) => readBanner(found, signal));
  } catch (error) {
    if (error instanceof DeskpodError && error.code === 'desktop_missing') return 'absent';
    throw error;
  }
}

async function readBanner(path: string, signal: AbortSignal): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const socket = connect(path);
  const abort = (): void => void socket.destroy();
  signal.addEventListener('abort', abort, { once: true });
  let received = '';
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    received += chunk;
    if (received.length >= BANNER.length) resolve(received.startsWith(BANNER) ? 'ready' : 'absent');
  });
  socket.on('error', () => resolve('refused'));
  socket.on('close', () => resolve('refused'));
  return promise.finally(() => {
    signal.removeEventListener('abort', abort);
    socket.destroy();
  });
}
