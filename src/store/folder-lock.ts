/** One server per data folder: two would undo each other's work. The kernel frees the lock with the process, however it ends. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { realpath } from 'node:fs/promises';
import { createServer } from 'node:net';
import { DeskpodError } from '#domain/errors.ts';

/** Rejects with `conflict` while another process holds the folder. Dispose to let go. */
export async function lockFolder(folder: string): Promise<AsyncDisposable> {
  const name = createHash('sha256')
    .update(await realpath(folder))
    .digest('hex')
    .slice(0, 32);
  const server = createServer((stranger) => stranger.destroy());
  // A name without a file (unix(7), abstract sockets): nothing stale is ever left behind.
  server.listen(`\0deskpod/${name}`);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new DeskpodError('conflict', `Another Deskpod server runs on ${folder}.`, {
      remedy: 'Stop it, or give this one a data folder of its own: --data FOLDER.',
      cause,
    });
  }
  server.unref();
  return {
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}
