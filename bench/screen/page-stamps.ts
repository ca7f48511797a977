/**
 * Reads stamps in a page: what its canvases show when they are painted, whoever paints them. A canvas that a worker paints,
 * and a video, are read at each repaint of the browser instead, which notices them up to 17 ms later.
 */
import type { Page } from 'playwright-core';

const LATEST_MS = 10_000;

interface Place {
  readonly x: number;
  readonly y: number;
}

export interface Seen {
  readonly number: number;
  /** When it was painted first, as milliseconds since 1970. */
  readonly at: number;
}

/** What `watchStamps` puts into the page. */
export interface StampMeter {
  /** Starts anew, at a place of the remote screen; null: nowhere. */
  watch(place: Place | null): void;
  /** Different ones, in order. */
  take(): Seen[];
  /** Where the remote screen is in the page, and its size. Null: nowhere yet. */
  screen(): { readonly x: number; readonly y: number; readonly width: number; readonly height: number } | null;
}

/** Runs in the page before anything else, and knows nothing but the page. */
export function watchStamps(): void {
  const [SQUARE, BITS] = [8, 32];
  let place: Place | null = null;
  let seen: Seen[] = [];
  /** A canvas under another may show an old one again. */
  const known = new Set<number>();
  let inputAt: number | null = null;
  let polls = false;
  const foreign = new WeakSet<Element>();
  const probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (probe) [probe.canvas.width, probe.canvas.height] = [SQUARE * BITS, 1];

  const shown = (): (HTMLCanvasElement | HTMLVideoElement)[] =>
    [...document.querySelectorAll<HTMLCanvasElement | HTMLVideoElement>('canvas, video')].filter((one) =>
      one.checkVisibility({ opacityProperty: true, visibilityProperty: true }),
    );
  const sizeOf = (one: HTMLCanvasElement | HTMLVideoElement): readonly [number, number] =>
    one instanceof HTMLVideoElement ? [one.videoWidth, one.videoHeight] : [one.width, one.height];
  const screen = (): HTMLCanvasElement | HTMLVideoElement | undefined =>
    shown().toSorted((a, b) => sizeOf(b)[0] * sizeOf(b)[1] - sizeOf(a)[0] * sizeOf(a)[1])[0];

  /** Where the place is in the pixels of this one, which may show only a part of the remote screen. */
  const within = (one: HTMLCanvasElement | HTMLVideoElement): Place | null => {
    const whole = screen();
    if (!whole || !place) return null;
    if (whole === one) return place;
    const [from, own] = [whole.getBoundingClientRect(), one.getBoundingClientRect()];
    const scale = from.width / sizeOf(whole)[0];
    const [x, y] = [from.left + place.x * scale - own.left, from.top + place.y * scale - own.top];
    if (x < 0 || y < 0 || x >= own.width || y >= own.height) return null;
    return { x: Math.round((x * sizeOf(one)[0]) / own.width), y: Math.round((y * sizeOf(one)[1]) / own.height) };
  };
  const note = (pixels: Uint8ClampedArray): void => {
    const at = performance.timeOrigin + performance.now();
    let [value, check] = [0, 0];
    for (let bit = 0; bit < BITS; bit += 1) {
      const middle = (bit * SQUARE + SQUARE / 2) * 4;
      const isSet = (pixels[middle] ?? 0) + (pixels[middle + 1] ?? 0) + (pixels[middle + 2] ?? 0) > 382;
      if (bit < 24) value = value * 2 + Number(isSet);
      else check = check * 2 + Number(isSet);
    }
    if (check !== (~(value ^ (value >> 8) ^ (value >> 16)) & 0xff) || known.has(value)) return;
    known.add(value);
    seen.push({ number: value, at });
    if (inputAt === null) return;
    dispatchEvent(new CustomEvent('bench-answer', { detail: at - performance.timeOrigin - inputAt }));
    inputAt = null;
  };

  const patch = (prototype: object, name: string, then: (target: object) => void): void => {
    const original: unknown = Reflect.get(prototype, name);
    if (typeof original !== 'function') return;
    Reflect.set(prototype, name, function patched(this: object, ...all: readonly unknown[]): unknown {
      const result: unknown = Reflect.apply(original, this, all);
      then(this);
      return result;
    });
  };
  for (const method of ['drawImage', 'putImageData']) {
    patch(CanvasRenderingContext2D.prototype, method, (context) => {
      if (!place || !(context instanceof CanvasRenderingContext2D) || context === probe) return;
      const at = context.canvas.isConnected ? within(context.canvas) : null;
      if (at) note(context.getImageData(at.x, at.y + SQUARE / 2, SQUARE * BITS, 1).data);
    });
  }
  /** Those that this page doesn't paint itself; the topmost comes last in the document. */
  const poll = (): void => {
    requestAnimationFrame(poll);
    if (!place || !probe) return;
    for (const one of shown().toReversed()) {
      if (!foreign.has(one) && !(one instanceof HTMLVideoElement)) continue;
      const at = within(one);
      if (!at) continue;
      probe.drawImage(one, at.x, at.y + SQUARE / 2, SQUARE * BITS, 1, 0, 0, SQUARE * BITS, 1);
      note(probe.getImageData(0, 0, SQUARE * BITS, 1).data);
    }
  };
  const pollFrom = (one: object): void => {
    if (one instanceof Element) foreign.add(one);
    if (!polls) poll();
    polls = true;
  };
  patch(HTMLCanvasElement.prototype, 'transferControlToOffscreen', pollFrom);
  patch(HTMLMediaElement.prototype, 'play', pollFrom);
  patch(ImageBitmapRenderingContext.prototype, 'transferFromImageBitmap', (context) => {
    if (context instanceof ImageBitmapRenderingContext) pollFrom(context.canvas);
  });
  for (const type of ['keydown', 'pointerdown'])
    addEventListener(type, ({ timeStamp }) => (inputAt = timeStamp), { capture: true });

  const meter: StampMeter = {
    watch(at) {
      place = at;
      seen = [];
      known.clear();
      inputAt = null;
    },
    take: () => seen.splice(0),
    screen() {
      const whole = screen();
      if (!whole) return null;
      const { left: x, top: y } = whole.getBoundingClientRect();
      const [width, height] = sizeOf(whole);
      return { x, y, width, height };
    },
  };
  Object.assign(window, { benchStamps: meter });
}

/** From a key or a click, which `act` does, until its answer is painted, in milliseconds. */
export async function inputToPixel(page: Page, act: () => Promise<void>, latestMs = LATEST_MS): Promise<number> {
  const painted = page.evaluate(
    (most) =>
      new Promise<number>((resolve, reject) => {
        const late = setTimeout(() => reject(new Error('nothing was painted')), most);
        const answered = (event: Event): void => {
          clearTimeout(late);
          resolve(event instanceof CustomEvent ? Number(event.detail) : Number.NaN);
        };
        addEventListener('bench-answer', answered, { once: true });
      }),
    latestMs,
  );
  const [ms] = await Promise.all([painted, act()]);
  return ms;
}

declare global {
  interface Window {
    readonly benchStamps: StampMeter;
  }
}
