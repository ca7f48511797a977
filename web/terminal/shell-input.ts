/** Sends typed and pasted text in chunks, as fast as the shell reads them. No DOM. */
import { piecesOf, SendWindow } from '#protocol/terminal-flow.ts';

/** A larger paste is refused. */
export const MAX_PASTE_BYTES = 64 * 1024 * 1024;
const INTERRUPT = 3;

export class ShellInput {
  readonly #send: (piece: Uint8Array<ArrayBuffer>) => void;
  #window = new SendWindow(true);
  #waiting: Uint8Array<ArrayBuffer>[] = [];
  #size = 0;

  constructor(send: (piece: Uint8Array<ArrayBuffer>) => void) {
    this.#send = send;
  }

  /** False if the text is too large; then nothing is sent. */
  add(bytes: Uint8Array<ArrayBuffer>): boolean {
    // Ctrl-C must not wait behind pasted text.
    if (bytes.length === 1 && bytes[0] === INTERRUPT) this.#drop();
    if (this.#size + bytes.length > MAX_PASTE_BYTES) return false;
    this.#waiting.push(...piecesOf(bytes));
    this.#size += bytes.length;
    this.#flow();
    return true;
  }

  taken(bytes: number): void {
    this.#window.taken(bytes);
    this.#flow();
  }

  /** For a new connection: drops text that was meant for the lost one. */
  restart(): void {
    this.#window = new SendWindow(true);
    this.#drop();
  }

  #drop(): void {
    this.#waiting = [];
    this.#size = 0;
  }

  #flow(): void {
    let sent = 0;
    for (const piece of this.#waiting) {
      if (this.#window.full) break;
      this.#send(piece);
      this.#window.sent(piece.length);
      this.#size -= piece.length;
      sent += 1;
    }
    if (sent > 0) this.#waiting = this.#waiting.slice(sent);
  }
}
