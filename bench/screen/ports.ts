/** TCP ports of this machine, and what went through them. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { promisify } from 'node:util';

const run = promisify(execFile);
const TIMEOUT_MS = 10_000;

/** Nothing listens there at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  server.close();
  if (typeof bound !== 'object' || bound === null) throw new Error('no port');
  return bound.port;
}

/** Bytes that a server at the port has sent, by the address of the other end: of the connections that it has now. */
export async function sentFrom(port: number): Promise<ReadonlyMap<string, number>> {
  const { stdout } = await run('ss', ['-tinHO', 'state', 'established', `( sport = :${port} )`], {
    timeout: TIMEOUT_MS,
  });
  const found = new Map<string, number>();
  for (const line of stdout.split('\n')) {
    const [, , , peer] = line.trim().split(/\s+/);
    const bytes = /\bbytes_sent:(\d+)/.exec(line)?.[1];
    if (peer !== undefined && bytes !== undefined) found.set(peer, Number(bytes));
  }
  return found;
}

/** What was sent between two looks, but for connections that ended in between. */
export function sentBetween(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): number {
  return [...after].reduce((sum, [peer, bytes]) => sum + bytes - (before.get(peer) ?? 0), 0);
}

/** The number of an X display that nothing uses. */
export async function freeDisplay(): Promise<number> {
  const used = new Set(await readdir('/tmp/.X11-unix').catch(() => []));
  for (let display = 90; display < 1000; display += 1) if (!used.has(`X${display}`)) return display;
  throw new Error('all X displays are in use');
}

/** Resolves when something accepts a connection there. */
export async function answers(at: { readonly path: string }): Promise<void> {
  const socket = connect(at);
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}
