/** Between the page and the worker that shows one part of the screen as video. */
import type { MovingRegion, VideoCodec } from '#protocol/video.ts';

export interface ShowVideo {
  /** Of the region's size. */
  readonly canvas: OffscreenCanvas;
  readonly url: string;
  readonly protocols: readonly string[];
  readonly region: MovingRegion;
  readonly codec: VideoCodec;
}

export type FromVideoWorker =
  /** The first picture is on the canvas. */
  | { readonly kind: 'painted' }
  /** In the last second, pictures were decoded this often, and the newest of them painted this often. */
  | { readonly kind: 'rate'; readonly decoded: number; readonly painted: number }
  /** There will be no more pictures. */
  | { readonly kind: 'ended' };
