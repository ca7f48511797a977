/** The view as the page shows it: variables of the style sheet, which move and scale noVNC's canvas. */
import type { Point } from './point.ts';
import { fitted, following, moved, type Size, type View, WHOLE_SIZE, zoomed } from './view.ts';

export class ShownView {
  readonly #box: HTMLElement;
  readonly #desktop: () => Size;
  readonly #moved: (place: (of: Point) => Point) => void;
  #view = WHOLE_SIZE;

  /** `box`: the window's part for the desktop. `moved` learns where a point of the page is after each change. */
  constructor(box: HTMLElement, desktop: () => Size, moved: (place: (of: Point) => Point) => void) {
    this.#box = box;
    this.#desktop = desktop;
    this.#moved = moved;
  }

  get zoom(): number {
    return this.#view.zoom;
  }

  panBy({ x, y }: Point): void {
    this.#show({ ...this.#view, x: this.#view.x + x, y: this.#view.y + y });
  }

  /** `at`: a point of the page. */
  zoomBy(at: Point, factor: number): void {
    this.#show(zoomed(this.#view, this.#inBox(at), factor));
  }

  /** After the window or the desktop has changed its size. */
  fit(): void {
    this.#show(this.#view);
  }

  /** Moves so that a point of the page isn't at an edge; returns where it is then. */
  follow(at: Point): Point {
    const before = this.#view;
    this.panBy(following(this.#inBox(at), this.#size()));
    return { x: at.x + this.#view.x - before.x, y: at.y + this.#view.y - before.y };
  }

  #show(view: View): void {
    const before = this.#view;
    this.#view = fitted(view, this.#desktop(), this.#size());
    const { x, y, zoom } = this.#view;
    const { style } = this.#box;
    if (x === 0 && y === 0 && zoom === 1) style.removeProperty('--view');
    else style.setProperty('--view', `translate(${x}px, ${y}px) scale(${zoom})`);
    const { left, top } = this.#box.getBoundingClientRect();
    this.#moved((of) => {
      const at = moved({ x: of.x - left, y: of.y - top }, before, this.#view);
      return { x: at.x + left, y: at.y + top };
    });
  }

  #inBox({ x, y }: Point): Point {
    const { left, top } = this.#box.getBoundingClientRect();
    return { x: x - left, y: y - top };
  }

  #size(): Size {
    return { width: this.#box.clientWidth, height: this.#box.clientHeight };
  }
}
