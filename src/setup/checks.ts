/** Requirements on the machine, checked before anything changes. Reports all problems together, with remedies. */
import { statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { existsSync } from 'node:fs';
import { DeskpodError } from '#domain/errors.ts';

const GB = 1024 ** 3;
/** The images take 4 GB; package downloads and home folders need more. */
const DISK_FRESH = 6 * GB;
const DISK_BUILT = 1 * GB;
const MEMORY = 1.5 * GB;

export interface CheckOptions {
  readonly dataDir: string;
  /** Null if no server will listen. Port 0 is always free. */
  readonly listen: { readonly host: string; readonly port: number } | null;
}

export interface Finding {
  readonly problem: string;
  readonly remedy: string;
}

/** Rejects with all problems. */
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

/** `built`: most images exist already. */
export function judgeDisk(dataDir: string, freeBytes: number, built: boolean): Finding | null {
  const needed = built ? DISK_BUILT : DISK_FRESH;
  if (freeBytes >= needed) return null;
  return {
    problem: `Only ${gigabytes(freeBytes)} are free for ${dataDir}. Deskpod needs ${gigabytes(needed)}.`,
    remedy: 'Free some space, or use another folder: --data FOLDER.',
  };
}

export function checkMemory(bytes: number): Finding | null {
  if (bytes >= MEMORY) return null;
  return {
    problem: `This machine has ${gigabytes(bytes)} of memory. Deskpod needs ${gigabytes(MEMORY)}.`,
    remedy: 'Add memory to the machine.',
  };
}

/** Null if the port is available. */
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
      remedy: `Find the program with \`ss -ltnp sport = :${port}\`, or choose another port: --port ${port + 1}.`,
    };
  }
  return {
    problem: `Can't listen on port ${port} on ${host} (${code}).`,
    remedy: 'Choose an address of this machine (--host) and a port above 1023 (--port).',
  };
}

/** The folder itself, or its closest existing parent. */
function nearest(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearest(dirname(path));
}

function gigabytes(bytes: number): string {
  return `${(bytes / GB).toFixed(1)} GB`;
}
