/** All that a layout can type, as browsers of a system report it: each position with each modifier, dead keys, shortcuts. */
import type { DeadKeys } from './compose.ts';
import type { Keymap } from './keymap.ts';
import { CONTROL, type KeyCase } from './key-case.ts';
import type { Keysyms } from './keysyms.ts';
import { deadStrokes, type Level, LEVEL_NAMES, LEVELS, shortcut, strokes, type System } from './systems.ts';

export interface Sources {
  readonly keysyms: Keysyms;
  readonly deadKeys: DeadKeys;
}

interface Position {
  readonly code: string;
  readonly level: Level;
  readonly symbol: string;
}

export function layoutCases(keymap: Keymap, system: System, { keysyms, deadKeys }: Sources) {
  const positions = positionsOf(keymap);
  return {
    characters: positions.flatMap((position) => characterCase(position, system, keysyms)),
    deadKeys: positions.flatMap((dead) => deadCases(dead, positions, system, { keysyms, deadKeys })),
    shortcuts: shortcutCases(positions, system, keysyms),
  };
}

function positionsOf(keymap: Keymap): readonly Position[] {
  return [...keymap].flatMap(([code, symbols]) =>
    LEVELS.flatMap((level) => {
      const symbol = symbols[level];
      return symbol === undefined ? [] : [{ code, level, symbol }];
    }),
  );
}

function characterCase({ code, level, symbol }: Position, system: System, keysyms: Keysyms): KeyCase[] {
  const character = keysyms.characterOf(symbol);
  if (character === null) return [];
  // Windows and macOS report ligatures of Arabic as their letters; X11's input method makes the same of them.
  const text = character.normalize('NFKC').length > 1 && isArabic(character) ? character.normalize('NFKC') : character;
  const key = system === 'linux' ? character : text;
  return [{ what: named({ code, level }), system, steps: strokes(system, level, code, key), expected: { text } }];
}

function isArabic(character: string): boolean {
  return /\p{Script=Arabic}/u.test(character);
}

/** The dead key with each letter that it changes, space and itself, as far as the layout has them without AltGr. */
function deadCases(dead: Position, positions: readonly Position[], system: System, sources: Sources): KeyCase[] {
  const made = sources.deadKeys.get(dead.symbol);
  if (!made) return [];
  const seen = new Set<string>();
  return positions.flatMap((base) => {
    const text = made.get(base.symbol);
    const key = base.symbol === dead.symbol ? 'Dead' : sources.keysyms.characterOf(base.symbol);
    if (base.level > 1 || text === undefined || key === null || seen.has(base.symbol)) return [];
    seen.add(base.symbol);
    const spacing = made.get('space') ?? '';
    const steps = deadStrokes(system, { ...dead, spacing }, { ...base, key }, text);
    return [{ what: `${named(dead)}, ${named(base)}`, system, steps, expected: { text } }];
  });
}

/** Ctrl, or Command on a Mac, with the keys of a layout; without Latin letters, those of a US keyboard are meant. */
function shortcutCases(positions: readonly Position[], system: System, keysyms: Keysyms): KeyCase[] {
  const letters = positions.flatMap(({ code, level, symbol }) => {
    const character = keysyms.characterOf(symbol);
    return level === 0 && character !== null && code.startsWith('Key') ? [{ code, character }] : [];
  });
  const isLatin = letters.some(({ character }) => /^[a-z]$/.test(character));
  const first = letters.find(({ character }) => /\p{L}/u.test(character));
  if (!first) return [];
  // Somebody who uses a layout has typed with it.
  const typed = strokes(system, 0, first.code, first.character);
  return letters.flatMap(({ code, character }) => {
    const key = isLatin ? character : code.slice('Key'.length).toLowerCase();
    const steps = shortcut(system, code, { reported: character, meant: key });
    const what = `Ctrl+${code}`;
    return steps === null ? [] : [{ what, system, steps, before: typed, expected: { key, mask: CONTROL } }];
  });
}

function named({ code, level }: Pick<Position, 'code' | 'level'>): string {
  return level === 0 ? code : `${LEVEL_NAMES[level]}+${code}`;
}
