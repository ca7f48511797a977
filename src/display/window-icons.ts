/** The icons of one display's windows by their content, for the URLs in the window list. */
import { createHash } from 'node:crypto';
import { WINDOW_ICONS_PATH } from '#protocol/window.ts';

/** More than a display lists windows, so that a page can still load an icon that a window has just replaced. */
const MOST_ICONS = 600;
const VERSION_DIGITS = 12;

export class WindowIcons {
  readonly #most: number;
  /** The one that was added last comes last. */
  readonly #icons = new Map<string, Buffer>();

  /** `most`: of more icons, those that were added first are forgotten. */
  constructor(most: number = MOST_ICONS) {
    this.#most = most;
  }

  /** Returns the URL of the icon, which changes with its content. */
  add(png: Buffer): string {
    const version = createHash('sha256').update(png).digest('hex').slice(0, VERSION_DIGITS);
    this.#icons.delete(version);
    this.#icons.set(version, png);
    const [oldest] = this.#icons.keys();
    if (this.#icons.size > this.#most && oldest !== undefined) this.#icons.delete(oldest);
    return `${WINDOW_ICONS_PATH}/${version}`;
  }

  /** The PNG of a version; null if no window has had it lately. */
  find(version: string): Buffer | null {
    return this.#icons.get(version) ?? null;
  }
}
