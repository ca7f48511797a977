/**
 * Which containers the kernel killed for want of memory. Podman never says so, and a container's cgroup is gone with it;
 * the kernel's log names the cgroup of every such kill and outlives it. It is read only when somebody asks.
 */
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { z } from 'zod';
import { containerOf } from './cgroups.ts';

const RECORD_LIMIT = 8192;
/** The whole log has fewer records; a bound for a log that grows as fast as it is read. */
const RECORDS_AT_ONCE = 100_000;
const Errno = z.object({ code: z.string() });

/** The container whose limit one record of the kernel's log tells of, else null. */
export function killedContainer(record: string): string | null {
  if (!record.includes('oom-kill:constraint=CONSTRAINT_MEMCG')) return null;
  const cgroup = /oom_memcg=([^,\s]*)/.exec(record)?.[1];
  return cgroup === undefined ? null : containerOf(cgroup);
}

export class OutOfMemory implements Disposable {
  readonly #killed = new Set<string>();
  readonly #buffer = Buffer.alloc(RECORD_LIMIT);
  /** Null where the log may not be read: then only the engine's own word counts. */
  #log: number | null;

  constructor(path = '/dev/kmsg') {
    try {
      this.#log = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch {
      this.#log = null;
    }
  }

  has(containerId: string): boolean {
    this.#read();
    return this.#killed.has(containerId);
  }

  forget(containerId: string): void {
    this.#killed.delete(containerId);
  }

  [Symbol.dispose](): void {
    if (this.#log !== null) closeSync(this.#log);
    this.#log = null;
  }

  /** One `read` is one record; EAGAIN is the end, EPIPE means that some were overwritten before we came. */
  #read(): void {
    for (let count = 0; this.#log !== null && count < RECORDS_AT_ONCE; count += 1) {
      try {
        const length = readSync(this.#log, this.#buffer);
        if (length === 0) return;
        const killed = killedContainer(this.#buffer.toString('utf8', 0, length));
        if (killed !== null) this.#killed.add(killed);
      } catch (error) {
        if (Errno.safeParse(error).data?.code !== 'EPIPE') return;
      }
    }
  }
}
