/** The picture of one viewer with a clock: untouched until the viewer has said how it wants it. */
import { parseJson } from '#protocol/json.ts';
import { ScreenWish } from '#protocol/screen.ts';
import { RfbError } from '#gateway/rfb/error.ts';
import type { MessageKind } from '#gateway/rfb/messages.ts';
import type { Area } from '#gateway/rfb/area.ts';
import { type ControlOptions, PictureControl } from './picture-control.ts';

/** Between two looks at what rests. */
const CHECK_MS = 100;
/** More than the longest layout. */
const MAX_WISH_BYTES = 2_048;

type Options = Omit<ControlOptions, 'serverInit' | 'picture'>;
/** What concerns the picture of one viewer alone. */
export type PictureWish = Exclude<ScreenWish, { kind: 'layout' }>;

/** Throws `RfbError`. */
export function wishOf(message: Buffer): ScreenWish {
  const wish = ScreenWish.safeParse(message.length > MAX_WISH_BYTES ? null : parseJson(message.toString('utf8')));
  if (wish.success) return wish.data;
  throw new RfbError('The viewer sent a text message that is no wish for its picture.');
}

export class ViewerPicture {
  readonly #serverInit: Buffer;
  readonly #options: Options;
  #control: PictureControl | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** It's too late for a first wish. */
  #isOpen = false;
  /** The desktop isn't understood. */
  #isLost = false;

  constructor(serverInit: Buffer, options: Options) {
    this.#serverInit = serverInit;
    this.#options = options;
  }

  /** The first one must come before the viewer's RFB version. Throws `RfbError`. */
  want(wish: PictureWish): void {
    const now = performance.now();
    if (wish.kind === 'view') this.#show(wish.screen, now);
    else if (wish.kind === 'holes') this.#leaveOut(wish.areas, now);
    else if (this.#control !== null) this.#control.setPicture(wish.picture, now);
    else if (this.#isLost) return;
    else if (this.#isOpen) throw new RfbError('The viewer sent its first wish for its picture after its RFB version.');
    else this.#begin(wish.picture);
    this.#schedule();
  }

  #leaveOut(areas: readonly Area[], now: number): void {
    if (this.#control !== null) this.#control.setHoles(areas, now);
    else if (!this.#isLost) throw new RfbError('The viewer wants holes before it has said how it wants its picture.');
  }

  #show(screen: number | null, now: number): void {
    if (this.#control !== null) this.#control.setScreen(screen, now);
    else if (this.#isLost && screen !== null) this.#options.onScreenMissing(screen);
    else if (!this.#isLost) throw new RfbError('The viewer chose a screen before it said how it wants its picture.');
  }

  /** Of the desktop, with the size of what the viewer sees. */
  get serverInit(): Buffer {
    if (this.#control === null) return this.#serverInit;
    const { width, height } = this.#control.size;
    const init = Buffer.from(this.#serverInit);
    init.writeUInt16BE(width, 0);
    init.writeUInt16BE(height, 2);
    return init;
  }

  /** Without a pixel format that is understood, everything passes unchanged. */
  #begin(picture: ControlOptions['picture']): void {
    try {
      this.#control = new PictureControl({ serverInit: this.#serverInit, picture, ...this.#options });
    } catch (error) {
      if (!(error instanceof RfbError)) throw error;
      this.#isLost = true;
      this.#options.onLost(error);
    }
  }

  toViewer(chunk: Buffer): readonly Buffer[] {
    this.#isOpen = true;
    const pieces = this.#control?.toViewer(chunk, performance.now()) ?? [chunk];
    this.#schedule();
    return pieces;
  }

  fromViewer(kind: MessageKind, bytes: Buffer): Buffer | null {
    this.#isOpen = true;
    if (this.#control === null) return bytes;
    const passed = this.#control.fromViewer(kind, bytes, performance.now());
    this.#schedule();
    return passed;
  }

  /** The viewer is gone. */
  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#control = null;
    this.#isOpen = true;
  }

  #schedule(): void {
    if (this.#timer !== null || this.#control?.isBusy !== true) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#control?.check(performance.now());
      this.#schedule();
    }, CHECK_MS).unref();
  }
}
