/**
 * Uploads that never get their name through the gateway: their part was renamed inside the desktop, deleted or left. Their
 * bytes have arrived all the same, so they are recorded when nothing has come for a while.
 */
/** Longer than a page waits between two attempts. */
const QUIET_MS = 15 * 60_000;
/** The oldest one is recorded when there are more. */
const MOST_PARTS = 10_000;

export interface UnfinishedEvents {
  /** `bytes` came for the part at this path, which didn't get the name of a file. */
  fileUploadUnfinished(user: string, desktop: string, path: string, bytes: number): void;
}

interface Part {
  readonly user: string;
  readonly desktop: string;
  readonly path: string;
  bytes: number;
  timer: NodeJS.Timeout;
}

export class UnfinishedUploads {
  readonly #events: UnfinishedEvents;
  readonly #quietMs: number;
  readonly #parts = new Map<string, Part>();

  constructor(events: UnfinishedEvents, quietMs = QUIET_MS) {
    this.#events = events;
    this.#quietMs = quietMs;
  }

  received(user: string, desktop: string, path: string, bytes: number): void {
    if (bytes === 0) return;
    const key = keyOf(desktop, path);
    const timer = setTimeout(() => this.#record(key), this.#quietMs).unref();
    const known = this.#parts.get(key);
    if (known) {
      clearTimeout(known.timer);
      known.bytes += bytes;
      known.timer = timer;
      return;
    }
    this.#parts.set(key, { user, desktop, path, bytes, timer });
    const [oldest] = this.#parts.keys();
    if (this.#parts.size > MOST_PARTS && oldest !== undefined) this.#record(oldest);
  }

  /** It is recorded as an upload. */
  finished(desktop: string, path: string): void {
    const key = keyOf(desktop, path);
    clearTimeout(this.#parts.get(key)?.timer);
    this.#parts.delete(key);
  }

  /** Records all of this desktop. */
  closeDesktop(desktopId: string): void {
    for (const [key, { desktop }] of this.#parts) if (desktop === desktopId) this.#record(key);
  }

  /** Records all. */
  close(): void {
    for (const key of this.#parts.keys()) this.#record(key);
  }

  #record(key: string): void {
    const part = this.#parts.get(key);
    if (part === undefined) return;
    clearTimeout(part.timer);
    this.#parts.delete(key);
    this.#events.fileUploadUnfinished(part.user, part.desktop, part.path, part.bytes);
  }
}

function keyOf(desktop: string, path: string): string {
  return `${desktop}${path}`;
}
