/** Tracks which of the two clipboards has the newer text: the older one never overwrites it. Pure. */
import { sameText } from './copied.ts';

export interface LocalClipboard {
  /** False if the browser doesn't allow it now. */
  readonly write: (text: string) => Promise<boolean>;
  /** Text copied in the desktop that couldn't be written to this computer's clipboard yet. */
  readonly waiting: { value: string | null };
}

interface Ahead {
  readonly old: string;
  /** The user has left the page since. */
  away: boolean;
  /** The desktop's text doesn't arrive. */
  missed: boolean;
}

export class ClipboardSync {
  readonly #here: LocalClipboard;
  /** The last text of both, so that text isn't sent back; empty after a missed text. */
  #last = '';
  /** True if it was sent from here to the desktop. */
  #sent = false;
  /** The desktop's text is newer than this computer's, which is `old`. */
  #ahead: Ahead | null = null;

  constructor(here: LocalClipboard) {
    this.#here = here;
  }

  rememberSent(text: string): void {
    this.#last = text;
    this.#sent = true;
    this.#ahead = null;
    this.#here.waiting.value = null;
  }

  /** The desktop loses text from here when the connection ends. */
  forgetSent(): void {
    if (this.#sent) this.#last = '';
  }

  /** The desktop has new text, which is requested: this computer's is now older. */
  expectFromDesktop(): void {
    // This computer's clipboard stays unchanged until it can be written.
    this.#ahead = { old: this.#ahead?.old ?? this.#last, away: false, missed: false };
  }

  /** Both have the same now, with this text among its forms; empty if it has none. */
  tookForms(text: string): void {
    this.#last = text;
    this.#sent = false;
    this.#ahead = null;
    this.#here.waiting.value = null;
  }

  /** Text from the desktop for this computer. */
  async takeFromDesktop(text: string): Promise<void> {
    if (sameText(text, this.#last) && this.#here.waiting.value === null) {
      this.#ahead = null;
      return;
    }
    this.expectFromDesktop();
    this.#last = text;
    this.#sent = false;
    await this.#settle(text);
  }

  /** The desktop has new text that can't be transferred: the text taken before must not be mistaken for it. */
  async missInDesktop(): Promise<void> {
    // It stays older even after being cleared: clipboard managers may restore it.
    this.#ahead = { old: this.#ahead?.old ?? this.#last, away: false, missed: true };
    this.#last = '';
    this.#sent = false;
    this.#here.waiting.value = null;
    await this.#here.write('');
  }

  /** Whether to send text pasted here to the desktop: false if it is older than the desktop's. */
  isNewerHere(text: string): boolean {
    return this.#ahead === null || (this.#ahead.away && text !== this.#ahead.old);
  }

  isInBoth(text: string): boolean {
    return sameText(text, this.#last);
  }

  /** From the button, within the user's gesture. */
  async copyWaiting(): Promise<boolean> {
    const text = this.#here.waiting.value;
    return text !== null && (await this.#settle(text));
  }

  leave(): void {
    if (this.#ahead) this.#ahead.away = true;
  }

  /** Writes waiting text. `read` returns this computer's text, or null if not allowed; returns newer text for the desktop. */
  async comeBack(read: () => Promise<string | null>): Promise<string | null> {
    await this.copyWaiting();
    const text = await read();
    if (text === null || text === '' || text === this.#last) return null;
    if (text !== this.#ahead?.old) {
      this.#last = text;
      return text;
    }
    // It couldn't be cleared at once: browsers allow that only for a focused page.
    if (this.#ahead.missed) await this.#here.write('');
    return null;
  }

  async #settle(text: string): Promise<boolean> {
    const written = await this.#here.write(text);
    // There may be newer text on either side by now.
    if (text !== this.#last) return written;
    this.#here.waiting.value = written ? null : text;
    if (written) this.#ahead = null;
    return written;
  }
}
