/** Characters as X11 keysyms, for text that comes from an input method, a dead key or a touch keyboard. Pure. */

const NAMED: Readonly<Record<string, number>> = {
  '\n': 0xff0d,
  '\r': 0xff0d,
  '\t': 0xff09,
  '\b': 0xff08,
  '\u001B': 0xff1b,
};

export const KEYSYM = {
  BackSpace: 0xff08,
  Tab: 0xff09,
  Escape: 0xff1b,
  Home: 0xff50,
  Left: 0xff51,
  Up: 0xff52,
  Right: 0xff53,
  Down: 0xff54,
  PageUp: 0xff55,
  PageDown: 0xff56,
  End: 0xff57,
  F1: 0xffbe,
  Shift: 0xffe1,
  Control: 0xffe3,
  Alt: 0xffe9,
  Delete: 0xffff,
} as const;

/** Shift, Ctrl, Caps Lock, Meta, Alt, Super and Hyper. */
export function isModifierKeysym(keysym: number): boolean {
  return keysym >= 0xffe1 && keysym <= 0xffee;
}

/** Latin-1 maps to itself, other characters to the Unicode range; null if it isn't a character. */
export function keysymOf(character: string): number | null {
  const named = NAMED[character];
  if (named !== undefined) return named;
  const code = character.codePointAt(0);
  if (code === undefined || code < 0x20 || (code >= 0x7f && code < 0xa0)) return null;
  return code < 0x100 ? code : 0x0100_0000 + code;
}

/**
 * Symbols whose keysym in noVNC's table of X11's old keysyms is that of another character for Xlib, or of none: measured
 * for the whole table. X programs read Unicode keysyms as they are.
 */
const MISREAD = /^[\u01D2\u203E\u2190-\u27FF\u300C\u300D]$/;

/** The keysym of a printed character that noVNC must not choose; null for all others. */
export function unicodeKeysym(key: string): number | null {
  return MISREAD.test(key) ? keysymOf(key) : null;
}

/** CRLF is one Return; characters that can't be typed are omitted. */
export function keysymsOf(text: string): readonly number[] {
  return Array.from(text.replaceAll('\r\n', '\n'), keysymOf).filter((keysym) => keysym !== null);
}
