/**
 * What office work does to a picture, the same each time: typing into a document, scrolling it, menus that open over it, and a
 * window that is moved across. About ten seconds; each step is stamped with the time it is drawn.
 */
import { photo } from '../../test/fixtures/photo.ts';
import { textPage } from '../../test/fixtures/pages.ts';
import { frames } from './pace.ts';
import { OFFICE_STAMP, PAGE } from './program-kinds.ts';
import { MODULUS, STAMP, stamp } from './stamp.ts';
import type { XPainter } from './x-painter.ts';

const LETTER = { width: 9, height: 20 } as const;
const LETTERS_PER_SECOND = 10;
const STEPS_PER_SECOND = 25;
const PHASE_MS = 2_500;
const SCROLL_PIXELS = 20;
const MENU = { width: 240, height: 400 } as const;
const MENU_STEPS = 12;
const MOVED = { width: 480, height: 360 } as const;
const MOVE_PIXELS = 12;
const WHITE = 0xffffff;
const MARKED = 0x3465a4;

/** Resolves to the number of steps. `shown` is called when the windows are there. */
export async function office(painter: XPainter, shown: () => void): Promise<number> {
  const { width, height } = PAGE;
  const [pen, white, marked] = [painter.pen(), painter.pen(WHITE), painter.pen(MARKED)];
  const [page, document] = [painter.pixmap(width, height * 2), painter.pixmap(width, height)];
  painter.paint(page, pen, 0, 0, width, textPage(width, height * 2));
  painter.fill(document, white, { x: 0, y: 0, width, height });
  const menuPicture = painter.pixmap(MENU.width, MENU.height);
  painter.copy(page, menuPicture, pen, { x: 0, y: 0, ...MENU }, 0, 0);
  const movedPicture = painter.pixmap(MOVED.width, MOVED.height);
  painter.paint(movedPicture, pen, 0, 0, MOVED.width, photo(MOVED.width, MOVED.height, 1));
  const mark = painter.pixmap(STAMP.width, STAMP.height);
  const paper = painter.window(PAGE, document);
  const menu = painter.window({ x: PAGE.x + 60, y: PAGE.y + 30, ...MENU }, menuPicture);
  const moved = painter.window({ x: PAGE.x, y: PAGE.y + 100, ...MOVED }, movedPicture);
  const stamped = painter.window(OFFICE_STAMP, mark);
  for (const window of [paper, stamped]) painter.show(window);
  await painter.drawn();
  shown();

  let steps = 0;
  const step = async (): Promise<void> => {
    painter.paint(stamped, pen, 0, 0, STAMP.width, stamp(Date.now() % MODULUS));
    await painter.drawn();
    steps += 1;
  };
  const across = Math.floor(width / LETTER.width);
  for await (const at of frames(LETTERS_PER_SECOND, PHASE_MS)) {
    const [x, y] = [(at % across) * LETTER.width, Math.floor(at / across) * LETTER.height + 24];
    for (const target of [document, paper]) painter.copy(page, target, pen, { x: x + 24, y: 24, ...LETTER }, x, y);
    await step();
  }
  for await (const at of frames(STEPS_PER_SECOND, PHASE_MS)) {
    const from = { x: 0, y: (at * SCROLL_PIXELS) % height, width, height };
    for (const target of [document, paper]) painter.copy(page, target, pen, from, 0, 0);
    await step();
  }
  for await (const at of frames(STEPS_PER_SECOND / 2, PHASE_MS)) {
    const row = at % MENU_STEPS;
    if (row === 0) painter.show(menu);
    else
      painter.copy(menuPicture, menu, pen, { x: 0, y: row * 24 - 24, width: MENU.width, height: 24 }, 0, row * 24 - 24);
    painter.fill(menu, marked, { x: 0, y: row * 24, width: 12, height: 24 });
    if (row === MENU_STEPS - 1) painter.hide(menu);
    await step();
  }
  painter.hide(menu);
  painter.show(moved);
  for await (const at of frames(STEPS_PER_SECOND, PHASE_MS)) {
    painter.move(moved, PAGE.x + at * MOVE_PIXELS, PAGE.y + 100 + (at % 20));
    await step();
  }
  painter.hide(moved);
  await step();
  return steps;
}
