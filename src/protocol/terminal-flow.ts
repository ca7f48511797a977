/**
 * Flow control of a terminal's bytes, separately in each direction: the receiver reports the bytes it has processed, and
 * the sender has at most one window of unreported bytes in flight. Neither side stops reading messages, and none buffers
 * without limit. The server always reports; it respects the window once the client has reported anything, even 0 bytes.
 */

export const WINDOW_BYTES = 1024 * 1024;
/** Maximum size of one message, so that others don't wait long behind it. */
export const PIECE_BYTES = 64 * 1024;
const TELL_BYTES = WINDOW_BYTES / 4;
const TELL_MS = 500;

export class SendWindow {
  #kept: boolean;
  #outstanding = 0;

  /** `kept`: the window applies from the start, as the other side is known to report. */
  constructor(kept: boolean) {
    this.#kept = kept;
  }

  /** Bytes sent that the other side hasn't reported yet. */
  get outstanding(): number {
    return this.#outstanding;
  }

  get full(): boolean {
    return this.#kept && this.#outstanding >= WINDOW_BYTES;
  }

  sent(bytes: number): void {
    this.#outstanding += bytes;
  }

  taken(bytes: number): void {
    this.#kept = true;
    this.#outstanding = Math.max(0, this.#outstanding - bytes);
  }
}

/** Reports processed bytes in batches, or after a delay. */
export class TakenBytes {
  readonly #report: (bytes: number) => void;
  #untold = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(report: (bytes: number) => void) {
    this.#report = report;
  }

  add(bytes: number): void {
    this.#untold += bytes;
    if (this.#untold >= TELL_BYTES) this.#flush();
    else if (this.#untold > 0) this.#timer ??= setTimeout(() => this.#flush(), TELL_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#untold = 0;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const bytes = this.#untold;
    this.#untold = 0;
    if (bytes > 0) this.#report(bytes);
  }
}

export function* piecesOf<Memory extends ArrayBufferLike>(bytes: Uint8Array<Memory>): Generator<Uint8Array<Memory>> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}
