/** One server per data folder: two would overwrite each other's work. The kernel releases the lock when the process ends. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { realpath } from 'node:fs/promises';
import { createServer } from 'node:net';
import { DeskpodError } from '#domain/errors.ts';

/**
 * Rejects with `conflict` while another process holds the lock. Dispose the result to release it. If the server is two
 * processes, each has a lock of its own: `part` names the one that isn't the engine's.
 */
export async function lockFolder(folder: string, part = ''): Promise<AsyncDisposable> {
  const name = createHash('sha256')
    .update(await realpath(folder))
    .digest('hex')
    .slice(0, 32);
  const server = createServer((connection) => connection.destroy());
  // An abstract socket (unix(7)) has no file that could be left behind.
  server.listen(`\0deskpod/${name}${part}`);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new DeskpodError('conflict', `Another Deskpod server uses ${folder}.`, {
      remedy: 'Stop it, or give this server its own data folder: --data FOLDER.',
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
