/**
 * The engine process speaks no X11: it waits until the server process, which does, reports that a new desktop's display has
 * a window manager.
 */
import type { WindowManagerReady } from '#domain/ports/display.ts';
import { withDeadline } from '#domain/deadlines.ts';

export class DisplayReports {
  /** By X cookie, which is different for each desktop. */
  readonly #waiting = new Map<string, () => void>();

  readonly waitForReport: WindowManagerReady = async (_connect, xCookie, signal) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.set(xCookie, resolve);
    try {
      await withDeadline(promise, signal);
    } finally {
      this.#waiting.delete(xCookie);
    }
  };

  /** Does nothing if nobody waits for it. */
  report(xCookie: string): void {
    this.#waiting.get(xCookie)?.();
  }
}
