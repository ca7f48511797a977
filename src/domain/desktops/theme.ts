/** The theme of a desktop, dark or light: the chosen one, the shown one, and the switch between them. */
import type { Engine } from '../ports/engine.ts';

export type Theme = 'dark' | 'light';

const PAINT_TIMEOUT_MS = 15_000;

export class DesktopTheme {
  chosen: Theme = 'dark';
  /** Null if unknown, as after a restart of the server. */
  shown: Theme | null = null;
  #painting = false;

  /** Switches windows, wallpaper and GTK programs of a running desktop; a choice made meanwhile follows. Rejects like the engine. */
  async paint(engine: Pick<Engine, 'exec'>, desktopId: string): Promise<void> {
    if (this.#painting) return;
    this.#painting = true;
    try {
      while (this.shown !== this.chosen) {
        this.shown = this.chosen;
        const command = ['theme', this.chosen];
        const signal = AbortSignal.timeout(PAINT_TIMEOUT_MS);
        const session = await engine.exec({ desktopId }, { command, tty: null }, signal);
        session.stream.resume();
        session.stderr?.resume();
        const late = (): void => void session.stream.destroy();
        signal.addEventListener('abort', late, { once: true });
        await session.exitCode;
      }
    } finally {
      this.#painting = false;
    }
  }
}
