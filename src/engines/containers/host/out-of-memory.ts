/**
 * Which containers the kernel killed for lack of memory. Podman never reports it, and a container's cgroup disappears
 * with it; the kernel log has the cgroup of every such kill. It is read only on request.
 */
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { z } from 'zod';
import { containerOf } from './cgroups.ts';
import { isDesktopCgroup } from './desktop-cgroups.ts';
import { ignore } from '#protocol/ignore.ts';

const RECORD_LIMIT = 8192;
/** More than the whole log has; a limit for a log that grows as fast as it is read. */
const RECORDS_AT_ONCE = 100_000;
const Errno = z.object({ code: z.string() });

/** Whose limit: that of the container itself, or that of its desktop with all its containers. */
export type MemoryLimit = 'own' | 'shared';

/** The container that lost a process to a memory limit, as a record of the kernel log reports it, else null. */
export function memoryKill(record: string): { readonly containerId: string; readonly limit: MemoryLimit } | null {
  if (!record.includes('oom-kill:constraint=CONSTRAINT_MEMCG')) return null;
  const [, limited = '', killed = ''] = /oom_memcg=([^,\s]*),task_memcg=([^,\s]*)/.exec(record) ?? [];
  const own = containerOf(limited);
  if (own !== null) return { containerId: own, limit: 'own' };
  const containerId = isDesktopCgroup(limited) ? containerOf(killed) : null;
  return containerId === null ? null : { containerId, limit: 'shared' };
}

export class OutOfMemory implements Disposable {
  readonly #killed = new Map<string, MemoryLimit>();
  readonly #buffer = Buffer.alloc(RECORD_LIMIT);
  /** Null when the log is not readable; then only the engine reports kills. */
  #log: number | null;

  constructor(path = '/dev/kmsg') {
    try {
      this.#log = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch (error) {
      this.#log = ignore('the kernel log is not readable, so only the engine reports kills', null)(error);
    }
  }

  /** The limit to which the container lost a process most recently; null if it lost none. */
  of(containerId: string): MemoryLimit | null {
    this.#read();
    return this.#killed.get(containerId) ?? null;
  }

  forget(containerId: string): void {
    this.#killed.delete(containerId);
  }

  [Symbol.dispose](): void {
    if (this.#log !== null) closeSync(this.#log);
    this.#log = null;
  }

  /** One `read` is one record; EAGAIN is the end, EPIPE means that unread records were overwritten. */
  #read(): void {
    for (let count = 0; this.#log !== null && count < RECORDS_AT_ONCE; count += 1) {
      try {
        const length = readSync(this.#log, this.#buffer);
        if (length === 0) return;
        const killed = memoryKill(this.#buffer.toString('utf8', 0, length));
        if (killed !== null) this.#killed.set(killed.containerId, killed.limit);
      } catch (error) {
        if (Errno.safeParse(error).data?.code !== 'EPIPE') return;
      }
    }
  }
}
