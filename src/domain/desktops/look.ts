/** The look of a desktop, which is its theme and its scale: the chosen one, the shown one, and the switch between them. */
import type { Environment } from '#protocol/app.ts';
import { LEAST_SCALE, type Scale } from '#protocol/scale.ts';
import type { Engine } from '../ports/engine.ts';

export type Theme = 'dark' | 'light';

export interface Look {
  readonly theme: Theme;
  readonly scale: Scale;
}

/** What a server that has just started doesn't know stays as it is. */
type KnownLook = { readonly [Key in keyof Look]: Look[Key] | null };

const PAINT_TIMEOUT_MS = 15_000;
/** The size of cursors without scaling, in pixels. */
const CURSOR = 24;

export class DesktopLook {
  #chosen: KnownLook = { theme: null, scale: null };
  #shown: KnownLook = { theme: null, scale: null };
  #painting = false;

  get chosen(): Look {
    return { theme: this.#chosen.theme ?? 'dark', scale: this.#chosen.scale ?? LEAST_SCALE };
  }

  choose({ theme, scale }: { readonly theme?: Theme | undefined; readonly scale?: Scale | undefined }): void {
    this.#chosen = { theme: theme ?? this.#chosen.theme, scale: scale ?? this.#chosen.scale };
  }

  /** A desktop starts with the chosen look, which is returned. */
  start(): Look {
    this.#chosen = this.chosen;
    this.#shown = this.#chosen;
    return this.chosen;
  }

  /**
   * Environment variables of every launch. Toolkits follow the desktop's XSETTINGS and X resources, Qt 5 only if it is told to;
   * a variable such as `GDK_SCALE` would keep GTK from following them.
   */
  get environment(): Environment {
    const { scale } = this.#chosen;
    return {
      QT_AUTO_SCREEN_SCALE_FACTOR: '1',
      QT_SCALE_FACTOR_ROUNDING_POLICY: 'PassThrough',
      ...(scale === null ? {} : { XCURSOR_SIZE: String(Math.floor((CURSOR * scale) / 100)) }),
    };
  }

  /** Switches windows, wallpaper, cursors and programs of a running desktop; a choice made meanwhile follows. Rejects like the engine. */
  async paint(engine: Pick<Engine, 'exec'>, desktopId: string): Promise<void> {
    if (this.#painting) return;
    this.#painting = true;
    try {
      while (this.#shown.theme !== this.#chosen.theme || this.#shown.scale !== this.#chosen.scale) {
        const { theme, scale } = (this.#shown = this.#chosen);
        const command = ['theme', theme ?? '-', String(scale ?? '-')];
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
