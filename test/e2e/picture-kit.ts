/** What a browser gets of its screen: reads along on the WebSocket of its page. Not a test itself. */
import type { Page } from 'playwright-core';
import { ENCODING } from '#gateway/rfb/encodings.ts';
import type { Rectangle, RectangleData } from '#gateway/rfb/server-pieces.ts';
import { SCREEN_PATH } from '#protocol/screen.ts';
import { ViewerStream } from '../fixtures/viewer-stream.ts';

export interface Painted {
  readonly jpegPixels: number;
  readonly losslessPixels: number;
}

export class ScreenTraffic {
  #jpegPixels = 0;
  #losslessPixels = 0;
  /** The first error of the framer, or null. */
  failure: unknown = null;

  /** Of the screens that the page opens from now on. */
  constructor(page: Page) {
    page.on('websocket', (socket) => {
      if (new URL(socket.url()).pathname !== SCREEN_PATH) return;
      const stream = new ViewerStream({
        message: () => {},
        update: () => {},
        rectangle: () => {},
        data: () => {},
        rectangleEnd: (rectangle, data) => this.#count(rectangle, data),
        updateEnd: () => {},
      });
      socket.on('framereceived', ({ payload }) => {
        if (typeof payload === 'string' || this.failure !== null) return;
        try {
          stream.push(payload);
        } catch (error) {
          this.failure = error;
        }
      });
    });
  }

  /** Since it was last called. */
  painted(): Painted {
    const painted = { jpegPixels: this.#jpegPixels, losslessPixels: this.#losslessPixels };
    this.#jpegPixels = this.#losslessPixels = 0;
    return painted;
  }

  #count({ width, height, encoding }: Rectangle, { isJpeg }: RectangleData): void {
    if (isJpeg) this.#jpegPixels += width * height;
    else if (encoding === ENCODING.tight || encoding === ENCODING.zrle) this.#losslessPixels += width * height;
  }
}
