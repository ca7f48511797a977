/** Parses what a viewer sends, as far as needed. noVNC sends a message in one piece, except for large texts. Pure. */

export type ClientMessage = 'key' | 'clipboard_request' | 'clipboard_caps' | 'other';

const KEY = 4;
const CUT_TEXT = 6;
const QEMU = 255;
const QEMU_KEY = 0;
/** Action bits of an extended clipboard message. */
const CAPS = 1;
const REQUEST = 2;

export class ClientMessages {
  /** Remaining bytes of a text. */
  #rest = 0;

  read(piece: Uint8Array): ClientMessage {
    if (this.#rest > 0) {
      this.#rest = Math.max(0, this.#rest - piece.length);
      return 'other';
    }
    const [type, kind] = piece;
    if (type === KEY || (type === QEMU && kind === QEMU_KEY)) return 'key';
    return type === CUT_TEXT && piece.length >= 8 ? this.#cutText(piece) : 'other';
  }

  /** A negative length marks the extended clipboard. */
  #cutText(piece: Uint8Array): ClientMessage {
    const length = new DataView(piece.buffer, piece.byteOffset, piece.byteLength).getInt32(4);
    this.#rest = Math.max(0, 8 + Math.abs(length) - piece.length);
    const action = length < 0 ? (piece[8] ?? 0) : 0;
    if (action & CAPS) return 'clipboard_caps';
    return action & REQUEST ? 'clipboard_request' : 'other';
  }
}
