/** One page that watches one rectangle of a desktop: a WebSocket, and an encoder that runs as long as it. */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { ServiceAccess, TicketClaims } from '#domain/ports/auth.ts';
import { messageOf } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';
import { parseJson } from '#protocol/json.ts';
import { CloseCode } from '#protocol/screen.ts';
import { VIDEO_HEADER_BYTES, VideoFlag } from '#protocol/video-frames.ts';
import { MAX_VIDEO_MESSAGE_BYTES, VideoMessage } from '#protocol/video.ts';
import { bytesOf } from '../message-bytes.ts';
import { FrameWindow } from './frame-window.ts';
import { type EncodedFrame, GdpReader } from './gdp.ts';

/** To start the service, and the encoder in it. */
const START_MS = 20_000;
/** A page that wants nothing for this long is closed. */
const WISH_MS = 10_000;

type Show = Extract<VideoMessage, { kind: 'show' }>;

export interface VideoStreamOptions {
  readonly ws: WebSocket;
  readonly claims: TicketClaims;
  readonly access: ServiceAccess;
  /** Connects to the video service. */
  readonly connect: (signal: AbortSignal) => Promise<Duplex>;
  /** The service can't be reached, or sends something else than video. */
  readonly failed: (reason: string) => void;
}

export class VideoStream {
  readonly claims: TicketClaims;
  /** Resolves when it has closed. */
  readonly gone: Promise<void>;
  readonly #options: VideoStreamOptions;
  readonly #ws: WebSocket;
  readonly #ended = new AbortController();
  #window: FrameWindow | null = null;
  #encoder: Duplex | null = null;
  #timer: NodeJS.Timeout;
  #alive = true;

  /** Owns the WebSocket. */
  constructor(options: VideoStreamOptions) {
    const { ws, claims } = options;
    this.#options = options;
    this.#ws = ws;
    this.claims = claims;
    this.gone = new Promise((resolve) => ws.once('close', () => resolve()));
    ws.once('close', () => this.#end());
    ws.on('pong', () => {
      this.#alive = true;
    });
    ws.on('message', (data, isBinary) => {
      this.#alive = true;
      this.#receive(isBinary ? null : bytesOf(data));
    });
    this.#timer = setTimeout(() => this.close(CloseCode.protocol, 'the page wants nothing'), WISH_MS).unref();
  }

  close(code: CloseCode, reason: string): void {
    this.#end();
    this.#ws.close(code, reason.slice(0, 120));
  }

  /** Called regularly: closes a page that hasn't answered since the last call. */
  beat(): void {
    if (!this.#alive) return this.#ws.terminate();
    this.#alive = false;
    this.#ws.ping();
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#ended.abort();
    this.#encoder?.destroy();
  }

  #receive(bytes: Buffer | null): void {
    if (this.#ended.signal.aborted) return;
    const small = bytes !== null && bytes.length <= MAX_VIDEO_MESSAGE_BYTES;
    const message = VideoMessage.safeParse(small ? parseJson(bytes.toString('utf8')) : null);
    if (!message.success) return this.close(CloseCode.protocol, 'this message is not part of the protocol');
    if (message.data.kind === 'decoded') return this.#decoded(message.data.sequence);
    if (this.#window !== null) return this.close(CloseCode.protocol, 'this page has said before what it wants');
    void this.#show(message.data);
  }

  async #show(wish: Show): Promise<void> {
    this.#window = new FrameWindow(wish.fps);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#fail('no frame arrived'), START_MS).unref();
    try {
      const encoder = await this.#options.connect(AbortSignal.any([this.#ended.signal, AbortSignal.timeout(START_MS)]));
      encoder.on('error', ignore('its end is reported'));
      if (this.#ended.signal.aborted) return void encoder.destroy();
      this.#encoder = encoder;
      const reader = new GdpReader((frame) => this.#send(frame));
      encoder.on('data', (chunk: Buffer) => this.#read(reader, chunk));
      encoder.once('close', () => this.#fail('the encoder ended'));
      encoder.once('end', () => encoder.destroy());
      encoder.write(lineOf(this.#options.access.credential, wish));
    } catch (error) {
      this.#fail(messageOf(error));
    }
  }

  #read(reader: GdpReader, chunk: Buffer): void {
    try {
      reader.push(chunk);
      // What isn't read stops the encoder, which goes on with the newest picture.
      if (this.#window?.isFull === true) this.#encoder?.pause();
    } catch (error) {
      this.#fail(messageOf(error));
    }
  }

  #send({ isKey, ms, data }: EncodedFrame): void {
    const window = this.#window;
    if (window === null || this.#ended.signal.aborted) return;
    clearTimeout(this.#timer);
    const head = Buffer.allocUnsafe(VIDEO_HEADER_BYTES);
    head.writeUInt16BE(window.next, 0);
    head.writeUInt16BE(isKey ? VideoFlag.key : 0, 2);
    head.writeUInt32BE(ms, 4);
    window.sent(performance.now());
    this.#ws.send(head, { binary: true, fin: false });
    this.#ws.send(data, { binary: true, fin: true });
  }

  #decoded(sequence: number): void {
    this.#window?.decoded(sequence, performance.now());
    if (this.#window?.isFull === false) this.#encoder?.resume();
  }

  #fail(reason: string): void {
    if (this.#ended.signal.aborted) return;
    this.#options.failed(reason);
    this.close(CloseCode.screenLost, reason);
  }
}

/** What `images/video/encode-video` reads. */
export function lineOf(credential: string, { area: { x, y, width, height }, fps, codec }: Omit<Show, 'kind'>): string {
  return `${[credential, x, y, width, height, fps, codec].join(' ')}\n`;
}
