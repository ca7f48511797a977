/**
 * Refuses JSON that is small to send but expensive to parse, by a look at its text: parsing a few megabytes of brackets
 * would block the server for seconds.
 */
import { DeskpodError } from '#domain/errors.ts';

/** The documents that clients send have less than ten levels. */
const MOST_LEVELS = 64;
/** The description of an image has about a thousand. Bounds this look, too. */
const MOST_MARKS = 500_000;
const MARK = /["[\]{},]/g;
const BACKSLASH = 0x5c;

/**
 * Throws `invalid_request` if arrays and objects are nested in more than 64 levels, or if there are more than 500 000
 * brackets, commas and quotes. The text may be no JSON.
 */
export function checkJsonShape(text: string): void {
  let levels = 0;
  let marks = 0;
  let isString = false;
  for (let at = nextMark(text, 0, isString); at >= 0; at = nextMark(text, at + 1, isString)) {
    const mark = text[at];
    if (mark === '"') isString = !isString || isEscaped(text, at);
    else if (mark === '[' || mark === '{') levels += 1;
    else if (mark === ']' || mark === '}') levels -= 1;
    marks += 1;
    if (levels > MOST_LEVELS) throw refused(`nests arrays and objects in more than ${MOST_LEVELS} levels`);
    if (marks > MOST_MARKS) throw refused(`has more than ${MOST_MARKS} brackets, commas and quotes`);
  }
}

/** In a string, only a quote is a mark; -1 if there is none. */
function nextMark(text: string, from: number, isString: boolean): number {
  if (isString) return text.indexOf('"', from);
  MARK.lastIndex = from;
  return MARK.exec(text)?.index ?? -1;
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes += 1;
  return slashes % 2 === 1;
}

function refused(why: string): DeskpodError {
  return new DeskpodError('invalid_request', `The JSON in the body ${why}.`, { remedy: 'Send less at once.' });
}
