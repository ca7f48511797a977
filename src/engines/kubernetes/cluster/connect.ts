/** TCP connections to a port of a pod, and waiting until a screen answers there. */
import { connect as tcpConnect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Endpoint } from '#domain/ports/engine.ts';
import { connected } from '../../shared/connected.ts';
import { ignore } from '#protocol/ignore.ts';

const BANNER = 'RFB 003.';
/** Kubernetes does not report when a port is open, so the connection is retried. */
const RETRY_MS = 25;
const KEEP_ALIVE_MS = 30_000;

export async function connectTo({ host, port }: Endpoint, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted();
  const socket = tcpConnect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS });
  return connected(socket, `${host}:${port}`, signal);
}

/** Resolves when an RFB server answers. */
export async function screenAnswers(endpoint: Endpoint, signal: AbortSignal): Promise<void> {
  while (!(await speaksRfb(endpoint, signal))) await delay(RETRY_MS, undefined, { signal });
}

async function speaksRfb(endpoint: Endpoint, signal: AbortSignal): Promise<boolean> {
  try {
    const socket = await connectTo(endpoint, signal);
    try {
      const [first] = await socket.take(1, { signal }).toArray();
      return String(first).startsWith(BANNER);
    } finally {
      socket.destroy();
    }
  } catch (error) {
    signal.throwIfAborted();
    return ignore('the screen does not answer yet', false)(error);
  }
}
