/**
 * Refuses JSON that is small to send but expensive to parse, by a look at its text: parsing a few megabytes of brackets
 * would block the server for seconds.
 */
import { DeskpodError } from '#domain/errors.ts';

/** The documents that clients send have less than ten levels. */
const MOST_LEVELS = 64;
const MARK = /["[\]{},]/g;
const BACKSLASH = 0x5c;

/** Takes a text in pieces, however it is cut. It may be no JSON. */
export class JsonShape {
  readonly #mostMarks: number;
  #levels = 0;
  #marks = 0;
  #isString = false;
  /** Whether the text so far ends with an odd number of backslashes. */
  #escapes = false;

  /** `mostMarks` bounds brackets, commas and quotes, and with them this look, too. */
  constructor(mostMarks: number) {
    this.#mostMarks = mostMarks;
  }

  /** Throws `invalid_request` as soon as arrays and objects are nested in more than 64 levels, or there are too many marks. */
  add(piece: string): void {
    for (let at = this.#nextMark(piece, 0); at >= 0; at = this.#nextMark(piece, at + 1)) {
      const mark = piece[at];
      if (mark === '"') this.#isString = !this.#isString || this.#isEscaped(piece, at);
      else if (mark === '[' || mark === '{') this.#levels += 1;
      else if (mark === ']' || mark === '}') this.#levels -= 1;
      this.#marks += 1;
      if (this.#levels > MOST_LEVELS) throw refused(`nests arrays and objects in more than ${MOST_LEVELS} levels`);
      if (this.#marks > this.#mostMarks) throw refused(`has more than ${this.#mostMarks} brackets, commas and quotes`);
    }
    this.#escapes = this.#isEscaped(piece, piece.length);
  }

  /** In a string, only a quote is a mark; -1 if there is none. */
  #nextMark(piece: string, from: number): number {
    if (this.#isString) return piece.indexOf('"', from);
    MARK.lastIndex = from;
    return MARK.exec(piece)?.index ?? -1;
  }

  /** Whether an odd number of backslashes is in front. */
  #isEscaped(piece: string, at: number): boolean {
    let slashes = 0;
    while (piece.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes += 1;
    const isOdd = slashes % 2 === 1;
    return slashes === at && this.#escapes ? !isOdd : isOdd;
  }
}

function refused(why: string): DeskpodError {
  return new DeskpodError('invalid_request', `The JSON in the body ${why}.`, { remedy: 'Send less at once.' });
}
