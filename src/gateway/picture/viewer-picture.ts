/** The picture of one viewer with a clock: untouched until the viewer has said how it wants it. */
import type { Picture } from '#protocol/picture.ts';
import { parseJson } from '#protocol/json.ts';
import { ScreenWish } from '#protocol/screen.ts';
import { RfbError } from '#gateway/rfb/error.ts';
import type { MessageKind } from '#gateway/rfb/messages.ts';
import { PictureControl } from './picture-control.ts';

/** Between two looks at what rests. */
const CHECK_MS = 100;
const MAX_WISH_BYTES = 256;

interface Options {
  /** Sends a message to the desktop. */
  readonly tell: (bytes: Buffer) => void;
  readonly onLost: (error: Error) => void;
}

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
  want({ picture }: { readonly picture: Picture }): void {
    if (this.#control !== null) this.#control.setPicture(picture, performance.now());
    else if (this.#isLost) return;
    else if (this.#isOpen) throw new RfbError('The viewer sent its first wish for its picture after its RFB version.');
    else this.#begin(picture);
    this.#schedule();
  }

  /** Without a pixel format that is understood, everything passes unchanged. */
  #begin(picture: Picture): void {
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
