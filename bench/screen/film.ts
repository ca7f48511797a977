/** A moving picture: the camera wanders over a photo, and two others cross it. Each frame is stamped with the time it is drawn. */
import { photo } from '../../test/fixtures/photo.ts';
import { frames } from './pace.ts';
import { FILM_RATE, filmBox } from './program-kinds.ts';
import { MODULUS, STAMP, stamp } from './stamp.ts';
import type { XPainter } from './x-painter.ts';

/** How far the camera wanders. */
const WANDER = 128;

/** Resolves to the number of frames. `shown` is called when the window is there. */
export async function film(painter: XPainter, height: number, ms: number, shown: () => void): Promise<number> {
  const box = filmBox(height);
  const [width, side] = [box.width, Math.floor(height / 3)];
  const pen = painter.pen();
  const [frame, scene, sprites] = [
    painter.pixmap(width, height),
    painter.pixmap(width + 2 * WANDER, height + 2 * WANDER),
    [1, 2].map(() => painter.pixmap(side, side)),
  ];
  painter.paint(scene, pen, 0, 0, width + 2 * WANDER, photo(width + 2 * WANDER, height + 2 * WANDER, 0));
  for (const [index, sprite] of sprites.entries()) painter.paint(sprite, pen, 0, 0, side, photo(side, side, index + 1));
  const window = painter.window(box, frame);
  painter.show(window);
  await painter.drawn();
  shown();
  let drawn = 0;
  for await (const at of frames(FILM_RATE, ms)) {
    const [x, y] = [WANDER * (1 + Math.sin(at / 25)), WANDER * (1 + Math.cos(at / 33))].map(Math.floor);
    painter.copy(scene, frame, pen, { x: x ?? 0, y: y ?? 0, width, height }, 0, 0);
    for (const [index, sprite] of sprites.entries()) {
      const across = Math.floor(((width - side) * (1 + Math.sin(at / 30 + index * 2))) / 2);
      const down = Math.floor(((height - side) * (1 + Math.cos(at / 21 + index))) / 2);
      painter.copy(sprite, frame, pen, { x: 0, y: 0, width: side, height: side }, across, down);
    }
    painter.paint(frame, pen, 0, 0, STAMP.width, stamp(Date.now() % MODULUS));
    painter.copy(frame, window, pen, { x: 0, y: 0, width, height }, 0, 0);
    await painter.drawn();
    drawn += 1;
  }
  return drawn;
}
