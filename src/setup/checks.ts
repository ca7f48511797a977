/** What must be true of the machine before anything is changed on it. Every problem is told at once, with its remedy. */
import { statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { existsSync } from 'node:fs';
import { DeskpodError } from '#domain/errors.ts';

const GB = 1024 ** 3;
/** All images built come to 4 GB; the package downloads and homes want room beside them. */
const DISK_FRESH = 6 * GB;
const DISK_BUILT = 1 * GB;
const MEMORY = 1.5 * GB;

export interface CheckOptions {
  readonly dataDir: string;
  /** Null: nothing is going to listen. Port 0 is always free. */
  readonly listen: { readonly host: string; readonly port: number } | null;
}

export interface Finding {
  readonly problem: string;
  readonly remedy: string;
}

/** Rejects with everything that is wrong. */
export async function checkMachine(options: CheckOptions): Promise<void> {
  const findings = [await checkDisk(options.dataDir), checkMemory(totalmem()), await checkPort(options.listen)];
  const wrong = findings.filter((finding) => finding !== null);
  if (wrong.length === 0) return;
  throw new DeskpodError('conflict', wrong.map(({ problem }) => problem).join('\n'), {
    remedy: wrong.map(({ remedy }) => remedy).join('\n'),
  });
}

async function checkDisk(dataDir: string): Promise<Finding | null> {
  const place = nearest(dataDir);
  const { bavail, bsize } = await statfs(place);
  return judgeDisk(dataDir, bavail * bsize, existsSync(join(dataDir, 'engine')));
}

/** `built`: most of it is there already. */
export function judgeDisk(dataDir: string, freeBytes: number, built: boolean): Finding | null {
  const wanted = built ? DISK_BUILT : DISK_FRESH;
  if (freeBytes >= wanted) return null;
  return {
    problem: `There are ${gigabytes(freeBytes)} free for ${dataDir}; Deskpod needs ${gigabytes(wanted)}.`,
    remedy: 'Free some space, or keep the data elsewhere: --data FOLDER.',
  };
}

export function checkMemory(bytes: number): Finding | null {
  if (bytes >= MEMORY) return null;
  return {
    problem: `This machine has ${gigabytes(bytes)} of memory; Deskpod needs ${gigabytes(MEMORY)}.`,
    remedy: 'Give the machine more memory.',
  };
}

/** Null when the port can be listened on. */
export async function checkPort(listen: CheckOptions['listen']): Promise<Finding | null> {
  if (listen === null || listen.port === 0) return null;
  const { host, port } = listen;
  const code = await new Promise<string | null>((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
  if (code === null) return null;
  if (code === 'EADDRINUSE') {
    return {
      problem: `Port ${port} on ${host} is in use by another program, perhaps by Deskpod itself.`,
      remedy: `See who it is with \`ss -ltnp sport = :${port}\`, or choose another port: --port ${port + 1}.`,
    };
  }
  return {
    problem: `Port ${port} on ${host} cannot be listened on (${code}).`,
    remedy: 'Choose an address of this machine (--host) and a port above 1023 (--port).',
  };
}

/** The folder itself or the closest one above it that exists. */
function nearest(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearest(dirname(path));
}

function gigabytes(bytes: number): string {
  return `${(bytes / GB).toFixed(1)} GB`;
}
