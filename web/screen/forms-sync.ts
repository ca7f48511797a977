/**
 * Tracks which of the two clipboards has the newer thing with several forms, beside `ClipboardSync`, which does so for
 * text. Pure.
 */
import type { ClipboardOffer, ClipboardType } from '#protocol/clipboard.ts';
import { type Copied, sameText } from './copied.ts';

export interface TextSync {
  isNewerHere(text: string): boolean;
  /** Whether both clipboards had this text last. */
  isInBoth(text: string): boolean;
}

export function isFileList(type: ClipboardType): boolean {
  return type === 'text/uri-list' || type === 'x-special/gnome-copied-files';
}

export class FormsSync {
  readonly #page: string;
  readonly #text: TextSync;
  #offer: ClipboardOffer | null = null;
  /** The text of the offer, if this computer's clipboard has it, too; empty if it has none. */
  #taken: string | null = null;
  /** The user has left the page since the offer. */
  #away = false;
  #known = false;
  /** This page has put files into the desktop's clipboard, and the offer that says so hasn't come yet. */
  #filesSent = false;
  /** The offer may be older than what this computer has. */
  #isOld = false;

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
    this.#isOld = isFirst || offer?.fresh === false;
    this.#taken = null;
    this.#away = false;
    this.#filesSent = false;
    return offer !== null && !this.#isOld && offer.from !== this.#page ? 'take' : 'leave';
  }

  /** It is in this computer's clipboard, too. */
  took(id: string, text: string): void {
    if (id === this.#offer?.id) this.#taken = text;
  }

  sendsFiles(does: boolean): void {
    this.#filesSent = does;
    if (does) this.#away = false;
  }

  leave(): void {
    this.#away = true;
  }

  /** Whether the desktop has it from this page. */
  isOwn(): boolean {
    return this.#offer?.from === this.#page;
  }

  /**
   * Where the newer thing is when this is pasted here. `compare`: there, if its picture is the one that was taken from the
   * desktop; a screenshot is made without leaving the page.
   */
  newer({ text, picture }: Copied): 'here' | 'there' | 'compare' {
    if (text === null && this.#taken !== null && picture !== null) return 'compare';
    return this.#isNewerHere(text) ? 'here' : 'there';
  }

  #isNewerHere(text: string | null): boolean {
    // The text of files is their names: pasting it must not replace the files.
    const hasFiles = this.#offer?.types.some(isFileList) === true && !this.#isOld;
    if (hasFiles || this.#filesSent) return this.#away && (text === null || !this.#text.isInBoth(text));
    if (this.#offer === null || this.isOwn()) return text === null || this.#text.isNewerHere(text);
    if (this.#isOld) return true;
    if (text === null) return this.#away;
    return this.#taken === null ? this.#text.isNewerHere(text) : !sameText(text, this.#taken);
  }
}
