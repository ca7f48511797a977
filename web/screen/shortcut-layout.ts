/** Shortcuts on layouts without Latin letters: with Ctrl, Alt or Meta, a key counts as on a US keyboard. Pure. */
import type { KeyStroke } from './key-item.ts';

/** Without Shift, with Shift. */
const US: Readonly<Record<string, string>> = {
  Backquote: '`~',
  Digit1: '1!',
  Digit2: '2@',
  Digit3: '3#',
  Digit4: '4$',
  Digit5: '5%',
  Digit6: '6^',
  Digit7: '7&',
  Digit8: '8*',
  Digit9: '9(',
  Digit0: '0)',
  Minus: '-_',
  Equal: '=+',
  BracketLeft: '[{',
  BracketRight: ']}',
  Backslash: '\\|',
  Semicolon: ';:',
  Quote: '\'"',
  Comma: ',<',
  Period: '.>',
  Slash: '/?',
  IntlBackslash: '<>',
};

/** Key names, ASCII, Latin-1 and Latin letters: layouts with these don't need the mapping. */
const LATIN = /^(?:[\u0020-\u00FF]|\p{Script=Latin})+$/u;

/** The letter of a letter key, in any script. */
const LETTER = /^\p{L}$/u;

/** Reads shortcuts by the layout that was typed with last. */
export class ShortcutLayout {
  /** The last letter wasn't Latin: then the layout's punctuation may be on letter keys, too. */
  #isForeign = false;

  /**
   * The stroke as a shortcut. Unchanged when it types a character: without Ctrl, Alt or Meta, with AltGr, or, on a Mac,
   * with Option alone.
   */
  asShortcut<Stroke extends KeyStroke>(stroke: Stroke, mac: boolean): Stroke {
    const { key, code, shiftKey, altGraph, ctrlKey, metaKey, altKey } = stroke;
    if (code.startsWith('Key') && LETTER.test(key)) this.#isForeign = !LATIN.test(key);
    const held = ctrlKey || metaKey || (altKey && !mac);
    const isForeign = !LATIN.test(key) || (this.#isForeign && Array.from(key).length === 1);
    if (!held || altGraph || !isForeign) return stroke;
    const latin = onUsKeyboard(code, shiftKey);
    return latin === null ? stroke : { ...stroke, key: latin };
  }
}

function onUsKeyboard(code: string, shift: boolean): string | null {
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (letter !== undefined) return shift ? letter : letter.toLowerCase();
  const both = Object.hasOwn(US, code) ? US[code] : undefined;
  return both?.charAt(shift ? 1 : 0) ?? null;
}
