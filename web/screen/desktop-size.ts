/** Requests sizes of the desktop: not while an earlier request is recent, and the newest one last. */
import { type Size, setDesktopSize } from './density.ts';

/** While a window is dragged larger. */
const GAP_MS = 100;

interface Options {
  readonly wanted: () => Size;
  /** The desktop's. */
  readonly size: () => Size | null;
  readonly send: (message: Uint8Array<ArrayBuffer>) => void;
  readonly now: () => number;
  readonly later: (ms: number, then: () => void) => void;
}

export class DesktopSize {
  readonly #options: Options;
  #at = -Infinity;
  #isWaiting = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** False if the desktop already has it. */
  ask(): boolean {
    const { wanted, size, send, now, later } = this.#options;
    const [next, is] = [wanted(), size()];
    if (next.width === is?.width && next.height === is.height) return false;
    const left = this.#at + GAP_MS - now();
    if (left <= 0) {
      this.#at = now();
      send(setDesktopSize(next));
    } else if (!this.#isWaiting) {
      this.#isWaiting = true;
      later(left, () => {
        this.#isWaiting = false;
        this.ask();
      });
    }
    return true;
  }
}
