/** A link of a certain speed and delay in front of a server, for machines without netem: a proxy that holds bytes back. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface Link {
  readonly bytesPerSecond: number;
  /** In one direction. */
  readonly delayMs: number;
}

/** As the buffer of a router: more makes the sender wait. */
const QUEUE_BYTES = 64 * 1024;
const PIECE_BYTES = 1_400;

export async function slowLink(to: URL, link: Link): Promise<AsyncDisposable & { readonly address: string }> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (from) => {
    const target = connect({ host: to.hostname, port: Number(to.port), noDelay: true });
    for (const socket of [from, target]) {
      sockets.add(socket);
      socket.on('error', () => [from, target].forEach((one) => one.destroy()));
      socket.once('close', () => [from, target].forEach((one) => one.destroy()));
    }
    delayed(from, target, link);
    delayed(target, from, link);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    address: `http://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function delayed(from: Socket, to: Socket, { bytesPerSecond, delayMs }: Link): void {
  let freeAt = 0;
  let queued = 0;
  from.on('data', (chunk: Buffer) => {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      const piece = chunk.subarray(at, at + PIECE_BYTES);
      const now = performance.now();
      freeAt = Math.max(now, freeAt) + (piece.length * 1000) / bytesPerSecond;
      queued += piece.length;
      setTimeout(
        () => {
          queued -= piece.length;
          if (!to.destroyed) to.write(piece);
          if (queued < QUEUE_BYTES / 2) from.resume();
        },
        freeAt + delayMs - now,
      );
    }
    if (queued > QUEUE_BYTES) from.pause();
  });
}
