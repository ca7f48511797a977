/** How long a key takes to become a pixel, seen inside the page: from the event until the canvas is painted in another colour. */
import type { Page } from 'playwright-core';

const LATEST_MS = 20_000;

/** For a terminal: paints a bar at each key, red and blue in turn. */
export const PAINT_AT_KEYS =
  'stty -echo -icanon; c=1; while IFS= read -rn1 -d "" _; do c=$((5-c)); printf "\\e[?25l\\e[H\\e[4${c}m        \\e[0m"; done';

/** Runs in the page before anything else. Reports each change by the event `bench-key`, with the milliseconds since the key. */
export function watchKeys(): void {
  const least = 200;
  let pressedAt: number | null = null;
  let shown = '';
  const drawImage: unknown = Reflect.get(CanvasRenderingContext2D.prototype, 'drawImage');
  if (typeof drawImage !== 'function') return;
  addEventListener('keydown', ({ timeStamp }) => (pressedAt = timeStamp), { capture: true });

  const colourOf = (pixels: Uint8ClampedArray): string => {
    let [red, blue] = [0, 0];
    for (let at = 0; at < pixels.length; at += 4) {
      const more = (pixels[at] ?? 0) - (pixels[at + 2] ?? 0);
      if (more > 80) red += 1;
      else if (more < -80) blue += 1;
    }
    return Math.max(red, blue) < least ? '' : red > blue ? 'red' : 'blue';
  };
  Reflect.set(
    CanvasRenderingContext2D.prototype,
    'drawImage',
    function seen(this: CanvasRenderingContext2D, ...all: readonly unknown[]): void {
      Reflect.apply(drawImage, this, all);
      const now = performance.now();
      if (pressedAt === null || !this.canvas.closest('[data-test="screen"]')) return;
      // noVNC paints what has changed: source, its rectangle, the one of the canvas.
      const [x = 0, y = 0, width = 0, height = 0] = all.slice(5).map(Number);
      if (!(width >= 1 && height >= 1)) return;
      const colour = colourOf(this.getImageData(x, y, width, height).data);
      if (colour === '' || colour === shown) return;
      shown = colour;
      dispatchEvent(new CustomEvent('bench-key', { detail: now - pressedAt }));
      pressedAt = null;
    },
  );
}

/** Presses a key where the focus is. Returns the milliseconds until its pixels. */
export async function keyToPixel(page: Page, latestMs = LATEST_MS): Promise<number> {
  const painted = page.evaluate(
    (most) =>
      new Promise<number>((resolve, reject) => {
        const late = setTimeout(() => reject(new Error('no pixel followed the key')), most);
        const seen = (event: Event): void => {
          clearTimeout(late);
          resolve(event instanceof CustomEvent ? Number(event.detail) : Number.NaN);
        };
        addEventListener('bench-key', seen, { once: true });
      }),
    latestMs,
  );
  const [ms] = await Promise.all([painted, page.keyboard.press('a')]);
  return ms;
}
