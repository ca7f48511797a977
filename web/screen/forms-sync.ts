/**
 * Tracks which of the two clipboards has the newer thing with several forms, beside `ClipboardSync`, which does so for
 * text. Pure.
 */
import type { ClipboardOffer } from '#protocol/clipboard.ts';
import { type Copied, sameText } from './copied.ts';

export interface TextSync {
  /** The text that both have, as far as known. */
  readonly last: string;
  isNewerHere(text: string): boolean;
}

export class FormsSync {
  readonly #page: string;
  readonly #text: TextSync;
  #offer: ClipboardOffer | null = null;
  /** This computer's clipboard has what the offer is of. */
  #taken = false;
  /** The user has left the page since the offer. */
  #away = false;
  #known = false;

  /** `page`: what this page writes to the desktop comes from it. */
  constructor(page: string, text: TextSync) {
    this.#page = page;
    this.#text = text;
  }

  get offer(): ClipboardOffer | null {
    return this.#offer;
  }

  /** What the desktop has next is what it had before. */
  begin(): void {
    this.#known = false;
  }

  /** The desktop has this now: the same as before, something to copy to this computer, or something to leave there. */
  offered(offer: ClipboardOffer | null): 'same' | 'take' | 'leave' {
    if (this.#known && offer?.id === this.#offer?.id) return 'same';
    // What was copied before this page was opened may be older than what this computer has.
    const isFirst = !this.#known;
    this.#known = true;
    this.#offer = offer;
    this.#taken = false;
    this.#away = false;
    return offer !== null && offer.fresh && offer.from !== this.#page && !isFirst ? 'take' : 'leave';
  }

  /** It is in this computer's clipboard, too. */
  took(id: string): void {
    if (id === this.#offer?.id) this.#taken = true;
  }

  leave(): void {
    this.#away = true;
  }

  /** Whether the desktop has it from this page. */
  isOwn(): boolean {
    return this.#offer?.from === this.#page;
  }

  /** Whether to send what was pasted here: false if the desktop has the same, or something newer. */
  isNewerHere({ text }: Copied): boolean {
    if (this.#offer === null || this.isOwn()) return text === null || this.#text.isNewerHere(text);
    if (!this.#offer.fresh) return true;
    if (text === null) return this.#away;
    return this.#taken ? !sameText(text, this.#text.last) : this.#text.isNewerHere(text);
  }
}
