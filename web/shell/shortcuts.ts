/** The few keys the shell keeps for itself. Everything else belongs to the applications. Pure. */

export type ShortcutAction = 'search' | 'terminal' | 'help' | 'menu' | 'left' | 'right' | 'maximise' | 'restore';

/** What of a KeyboardEvent matters. */
export interface Chord {
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  readonly metaKey: boolean;
  /** AltGr is down: on Windows it reports Ctrl and Alt too, and types characters. */
  readonly altGraph: boolean;
}

const WITH_CTRL_ALT: Readonly<Record<string, ShortcutAction>> = {
  KeyT: 'terminal',
  KeyH: 'help',
  KeyM: 'menu',
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'maximise',
  ArrowDown: 'restore',
};

/** `inApplication` is true while keys go to the desktop or the terminal: F1 is theirs then. */
export function shortcutFor(chord: Chord, inApplication: boolean): ShortcutAction | null {
  if (chord.metaKey || chord.altGraph || chord.shiftKey) return null;
  if (chord.ctrlKey && chord.altKey) return ofOwn(chord.code);
  if (chord.ctrlKey) return chord.code === 'Space' ? 'search' : null;
  if (chord.altKey || inApplication) return null;
  return chord.code === 'F1' ? 'help' : null;
}

/** For the help page: keys as printed on them. */
export const SHORTCUT_KEYS: Readonly<Record<ShortcutAction, readonly string[]>> = {
  search: ['Ctrl', 'Space'],
  menu: ['Ctrl', 'Alt', 'M'],
  terminal: ['Ctrl', 'Alt', 'T'],
  left: ['Ctrl', 'Alt', '←'],
  right: ['Ctrl', 'Alt', '→'],
  maximise: ['Ctrl', 'Alt', '↑'],
  restore: ['Ctrl', 'Alt', '↓'],
  help: ['Ctrl', 'Alt', 'H'],
};

function ofOwn(code: string): ShortcutAction | null {
  return Object.hasOwn(WITH_CTRL_ALT, code) ? (WITH_CTRL_ALT[code] ?? null) : null;
}
