/**
 * noVNC shows the desktop's cursor with one of its pixels for each CSS pixel. It is as dense as the rest of the desktop, so
 * it's shown with one for each device pixel.
 */

const PLAIN = /^url\((".*")\) (\d+) (\d+), default$/;

/** `density` tells the desktop's pixels for each CSS pixel. */
export function keepCursorSize(canvas: HTMLElement, density: () => number): void {
  let plain: RegExpExecArray | null = null;
  let dense = '';
  const adapt = () => {
    const { cursor } = canvas.style;
    if (cursor !== dense) plain = PLAIN.exec(cursor);
    if (plain === null) return;
    const [whole, image, x, y] = plain;
    const ratio = density();
    // A browser without image-set() ignores it, and keeps the large cursor.
    canvas.style.cursor =
      ratio === 1 ? whole : `image-set(url(${image}) ${ratio}x) ${Number(x) / ratio} ${Number(y) / ratio}, default`;
    dense = canvas.style.cursor;
  };
  // It ends with the canvas.
  new MutationObserver(adapt).observe(canvas, { attributeFilter: ['style'] });
}
