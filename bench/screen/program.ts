/** A program with windows in a contender's display, in a process of its own: `PROGRAM` in the environment says which, as JSON. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { textPage } from '../../test/fixtures/pages.ts';
import { film } from './film.ts';
import { office } from './office.ts';
import { frames } from './pace.ts';
import { ANSWERS, Drawn, PAGE, ProgramOptions, READY, SCROLL_RATE } from './program-kinds.ts';
import { MODULUS, STAMP, stamp } from './stamp.ts';
import { XPainter } from './x-painter.ts';

const KEY_PRESS = 2;
const BUTTON_PRESS = 4;
const SCROLL_PIXELS = 24;
/** A page has as many screens. */
const SCREENS = 3;
/** Until what was drawn last is painted everywhere; then the windows go. */
const LAST_MS = 1_000;

const options = ProgramOptions.parse(JSON.parse(process.env['PROGRAM'] ?? ''));
const socket = connect(options.display.at);
await once(socket, 'connect');
using painter = await XPainter.connect(socket, options.display.cookie);
const shown = (): boolean => process.stdout.write(`${READY}\n`);

if (options.kind === 'answers') await answer();
else {
  const drawn = await SHOWS()[options.kind]();
  await delay(LAST_MS);
  process.stdout.write(`${JSON.stringify(Drawn.parse({ frames: drawn }))}\n`);
}

function SHOWS(): Record<Exclude<typeof options.kind, 'answers'>, () => Promise<number>> {
  return {
    film: () => film(painter, options.height, options.ms, shown),
    office: () => office(painter, shown),
    scroll: () => scroll(),
  };
}

/** Paints the next number at each key and click, as fast as it can. */
async function answer(): Promise<void> {
  const pen = painter.pen();
  const picture = painter.pixmap(ANSWERS.width, ANSWERS.height);
  painter.fill(picture, painter.pen(0x808080), { ...ANSWERS, x: 0, y: 0 });
  painter.paint(picture, pen, 0, 0, STAMP.width, stamp(0));
  const window = painter.window(ANSWERS, picture);
  painter.show(window);
  await painter.drawn();
  painter.focus(window);
  await painter.drawn();
  shown();
  for (let number = 1; ;) {
    const [type = 0] = await painter.client.event();
    // The highest bit says that another program sent it.
    if (![KEY_PRESS, BUTTON_PRESS].includes(type & 0x7f)) continue;
    painter.paint(window, pen, 0, 0, STAMP.width, stamp(number));
    number += 1;
  }
}

/** A page of text that moves up, again and again. */
async function scroll(): Promise<number> {
  const { width, height } = PAGE;
  const pen = painter.pen();
  const [page, frame] = [painter.pixmap(width, height * SCREENS), painter.pixmap(width, height)];
  painter.paint(page, pen, 0, 0, width, textPage(width, height * SCREENS));
  painter.copy(page, frame, pen, { x: 0, y: 0, width, height }, 0, 0);
  const window = painter.window(PAGE, frame);
  painter.show(window);
  await painter.drawn();
  shown();
  let drawn = 0;
  for await (const at of frames(SCROLL_RATE, options.ms)) {
    const y = (at * SCROLL_PIXELS) % (height * (SCREENS - 1));
    painter.copy(page, frame, pen, { x: 0, y, width, height }, 0, 0);
    painter.paint(frame, pen, 0, 0, STAMP.width, stamp(Date.now() % MODULUS));
    painter.copy(frame, window, pen, { x: 0, y: 0, width, height }, 0, 0);
    await painter.drawn();
    drawn += 1;
  }
  return drawn;
}
