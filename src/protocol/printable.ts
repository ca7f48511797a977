/** Text of other people and programs, made safe to print in a terminal or a log: it can't move the cursor or forge lines. */

/**
 * Controls, line separators, and formats that change the direction of the text (Unicode categories Cc, Zl, Zp and Cf). The
 * joiners U+200C and U+200D belong to words and emoji.
 */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}[\p{Cf}--[\u200C\u200D]]]/gv;
const UNSAFE_IN_LINES = /[[\p{Cc}\p{Zl}\p{Zp}[\p{Cf}--[\u200C\u200D]]]--[\t\n]]/gv;
const REPLACEMENT = '\uFFFD';

/** One line. */
export function printableLine(text: string): string {
  return text.replace(UNSAFE, REPLACEMENT);
}

/** Tabs and line feeds stay. */
export function printableText(text: string): string {
  return text.replace(UNSAFE_IN_LINES, REPLACEMENT);
}

/** Escapes as in JSON, so that JSON stays the same value. */
export function escapedLine(text: string): string {
  return text.replace(UNSAFE, (character) =>
    // By UTF-16 code unit, as in JSON.
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
