/** Whether a desktop is dark or light: what the user wants, what it shows, and the way from one to the other. */
import type { Engine } from './engine.ts';

export type Theme = 'dark' | 'light';

const PAINT_TIMEOUT_MS = 15_000;

export class DesktopTheme {
  wanted: Theme = 'dark';
  /** Null while nobody knows, as after a restart of the server. */
  shown: Theme | null = null;
  #painting = false;

  /** Windows, wallpaper and GTK programs of a running desktop; what is wanted meanwhile is painted next. Rejects as the engine does. */
  async paint(engine: Pick<Engine, 'exec'>, desktopId: string): Promise<void> {
    if (this.#painting) return;
    this.#painting = true;
    try {
      while (this.shown !== this.wanted) {
        this.shown = this.wanted;
        const command = ['theme', this.wanted];
        const signal = AbortSignal.timeout(PAINT_TIMEOUT_MS);
        const session = await engine.exec({ desktopId }, { command, tty: null }, signal);
        session.stream.resume();
        await session.exitCode;
      }
    } finally {
      this.#painting = false;
    }
  }
}
