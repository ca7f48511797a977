/** The desktop's pointer for touch screens: sends what gestures say as mouse events to noVNC's canvas. */
import type { Button } from './gestures.ts';
import type { Point } from './point.ts';
import type { ShownView } from './shown-view.ts';

const BUTTONS: Readonly<Record<Button, { readonly button: number; readonly mask: number }>> = {
  left: { button: 0, mask: 1 },
  middle: { button: 1, mask: 4 },
  right: { button: 2, mask: 2 },
};
/** How much faster than the finger the pointer of a trackpad is, at most; slow fingers place it exactly. */
const FASTEST = 3;
/** The way between two events, in CSS pixels, from which the pointer is fastest. */
const FAST_PX = 24;

export class TouchPointer {
  readonly #canvas: () => HTMLCanvasElement | null;
  readonly #view: () => ShownView;
  /** In CSS pixels of the page; null until it has been somewhere. */
  #at: Point | null = null;
  /** Where noVNC has drawn it. */
  #drawn: Point = { x: 0, y: 0 };
  #pressed = 0;

  constructor(canvas: () => HTMLCanvasElement | null, view: () => ShownView) {
    this.#canvas = canvas;
    this.#view = view;
  }

  /** The view has changed: the pointer is at the same place of the desktop, so at another one of the page. */
  viewMoved(place: (of: Point) => Point): void {
    if (this.#at === null) return;
    this.#at = place(this.#at);
    this.#drawAtPlace(this.#at);
  }

  moveTo(at: Point): void {
    this.#at = at;
    this.#send('mousemove', 0);
  }

  moveBy({ x, y }: Point): void {
    const speed = 1 + Math.min(1, Math.hypot(x, y) / FAST_PX) * (FASTEST - 1);
    const at = this.#place();
    this.moveTo(this.#inside(this.#view().follow(this.#inside({ x: at.x + x * speed, y: at.y + y * speed }))));
  }

  press(button: Button): void {
    const { button: number, mask } = BUTTONS[button];
    this.#pressed |= mask;
    this.#send('mousedown', number);
  }

  release(button: Button): void {
    const { button: number, mask } = BUTTONS[button];
    if ((this.#pressed & mask) === 0) return;
    this.#pressed &= ~mask;
    this.#send('mouseup', number);
  }

  scroll(at: Point | null, way: Point): void {
    if (at !== null) this.#at = at;
    const { clientX, clientY } = this.#forNoVnc(this.#place());
    this.#canvas()?.dispatchEvent(
      new WheelEvent('wheel', { clientX, clientY, deltaX: -way.x, deltaY: -way.y, cancelable: true }),
    );
  }

  #send(type: 'mousemove' | 'mousedown' | 'mouseup', button: number): void {
    const canvas = this.#canvas();
    if (!canvas) return;
    const event = new MouseEvent(type, {
      ...this.#forNoVnc(this.#place()),
      button,
      buttons: this.#pressed,
      bubbles: true,
      cancelable: true,
    });
    // While a button is pressed, noVNC listens to the window, and forgets the press only by an event from there.
    const isCaptured = type !== 'mousedown' && captor()?.style.display === '';
    (isCaptured ? window : canvas).dispatchEvent(event);
    // It covers the page then, for the mouse; the next finger has to reach the screen.
    const cover = captor();
    if (cover) cover.style.pointerEvents = this.#pressed === 0 ? '' : 'none';
  }

  #place(): Point {
    const box = this.#canvas()?.getBoundingClientRect();
    return this.#at ?? (box ? this.#inside({ x: innerWidth / 2, y: innerHeight / 2 }) : { x: 0, y: 0 });
  }

  #inside({ x, y }: Point): Point {
    const box = this.#canvas()?.getBoundingClientRect();
    if (!box) return { x, y };
    const within = (at: number, from: number, to: number) => Math.min(to - 1, Math.max(from, at));
    return { x: within(x, box.left, box.right), y: within(y, box.top, box.bottom) };
  }

  /** noVNC doesn't know of the zoom: it measures from the corner of the canvas in pixels that aren't zoomed. */
  #forNoVnc({ x, y }: Point): { clientX: number; clientY: number } {
    const box = this.#canvas()?.getBoundingClientRect() ?? { left: 0, top: 0 };
    const { zoom } = this.#view();
    const [clientX, clientY] = [box.left + (x - box.left) / zoom, box.top + (y - box.top) / zoom];
    this.#drawn = { x: clientX, y: clientY };
    this.#drawAtPlace({ x, y });
    return { clientX, clientY };
  }

  #drawAtPlace({ x, y }: Point): void {
    const [right, down] = [x - this.#drawn.x, y - this.#drawn.y];
    const drawn = drawnPointer();
    if (drawn) drawn.style.transform = right === 0 && down === 0 ? '' : `translate(${right}px, ${down}px)`;
  }
}

function captor(): HTMLElement | null {
  return document.getElementById('noVNC_mouse_capture_elem');
}

/** On touch screens, noVNC draws the pointer itself, at the place of its event. */
export function drawnPointer(): HTMLCanvasElement | null {
  return document.querySelector<HTMLCanvasElement>('body > canvas');
}
