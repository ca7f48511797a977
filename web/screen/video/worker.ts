/**
 * Receives, decodes and paints one part of the screen, in a thread of its own. Every frame is decoded, because each depends on
 * the one before, and the newest is painted: what a slow browser leaves out is old.
 */
import { ignore } from '#protocol/ignore.ts';
import { VIDEO_HEADER_BYTES, VideoFlag } from '#protocol/video-frames.ts';
import { decoderConfig } from './codec.ts';
import type { FromVideoWorker, ShowVideo } from './messages.ts';

const RATE_MS = 1_000;

addEventListener('message', ({ data }: MessageEvent<ShowVideo>) => new VideoPicture(data), { once: true });

class VideoPicture {
  readonly #show: ShowVideo;
  readonly #socket: WebSocket;
  readonly #decoder: VideoDecoder;
  readonly #context: OffscreenCanvasRenderingContext2D | null;
  /** Of the frames that are being decoded; they come out in this order. */
  readonly #sequences: number[] = [];
  #newest: VideoFrame | null = null;
  #waitsToPaint = false;
  #hasPainted = false;
  #ended = false;
  #decoded = 0;
  #painted = 0;
  #since = performance.now();

  constructor(show: ShowVideo) {
    this.#show = show;
    const { canvas, region, codec, url, protocols } = show;
    this.#context = canvas.getContext('2d', { alpha: false, desynchronized: true });
    this.#decoder = new VideoDecoder({ output: (frame) => this.#take(frame), error: () => this.#end() });
    this.#decoder.configure(decoderConfig(codec, region.area.width, region.area.height));
    this.#socket = new WebSocket(url, [...protocols]);
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.addEventListener('open', () => {
      const { area, fps } = this.#show.region;
      this.#send({ kind: 'show', area, fps, codec: this.#show.codec });
    });
    this.#socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (data instanceof ArrayBuffer) this.#decode(data);
    });
    this.#socket.addEventListener('close', () => this.#end());
  }

  #decode(message: ArrayBuffer): void {
    if (this.#ended) return;
    const view = new DataView(message);
    const isKey = (view.getUint16(2) & VideoFlag.key) !== 0;
    this.#sequences.push(view.getUint16(0));
    try {
      this.#decoder.decode(
        new EncodedVideoChunk({
          type: isKey ? 'key' : 'delta',
          timestamp: view.getUint32(4) * 1000,
          data: new Uint8Array(message, VIDEO_HEADER_BYTES),
        }),
      );
    } catch (error) {
      ignore('the page has the screen without video')(error);
      this.#end();
    }
  }

  #take(frame: VideoFrame): void {
    const sequence = this.#sequences.shift();
    if (sequence !== undefined) this.#send({ kind: 'decoded', sequence });
    this.#decoded += 1;
    this.#newest?.close();
    this.#newest = frame;
    if (this.#waitsToPaint) return;
    this.#waitsToPaint = true;
    requestAnimationFrame(() => this.#paint());
  }

  #paint(): void {
    this.#waitsToPaint = false;
    const frame = this.#newest;
    this.#newest = null;
    if (frame === null) return;
    const { width, height } = this.#show.region.area;
    this.#context?.drawImage(frame, 0, 0, width, height);
    frame.close();
    this.#painted += 1;
    if (!this.#hasPainted) {
      this.#hasPainted = true;
      // The next frame of the browser has it on the canvas.
      requestAnimationFrame(() => tell({ kind: 'painted' }));
    }
    this.#tellRate();
  }

  #tellRate(): void {
    const ms = performance.now() - this.#since;
    if (ms < RATE_MS) return;
    const perSecond = (count: number): number => Math.round((count * 10_000) / ms) / 10;
    tell({ kind: 'rate', decoded: perSecond(this.#decoded), painted: perSecond(this.#painted) });
    this.#decoded = this.#painted = 0;
    this.#since = performance.now();
  }

  #send(message: object): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#newest?.close();
    this.#newest = null;
    if (this.#decoder.state !== 'closed') this.#decoder.close();
    this.#socket.close();
    tell({ kind: 'ended' });
  }
}

function tell(message: FromVideoWorker): void {
  postMessage(message);
}
