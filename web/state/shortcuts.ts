/** The shell's own shortcuts. All other keys belong to the apps. Pure. */

export type ShortcutAction =
  | 'search'
  | 'files'
  | 'terminal'
  | 'help'
  | 'menu'
  | 'screen'
  | 'left'
  | 'right'
  | 'maximise'
  | 'restore';

/** The relevant part of a KeyboardEvent. */
export interface Chord {
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  readonly metaKey: boolean;
  /** AltGr is pressed: Windows also reports Ctrl and Alt then, although it types characters. */
  readonly altGraph: boolean;
}

const WITH_CTRL_ALT: Readonly<Record<string, ShortcutAction>> = {
  KeyF: 'files',
  KeyT: 'terminal',
  KeyH: 'help',
  KeyM: 'menu',
  KeyN: 'screen',
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'maximise',
  ArrowDown: 'restore',
};

/** `inApplication` is true while keys go to the desktop or the terminal: F1 belongs to them. */
export function shortcutFor(chord: Chord, inApplication: boolean): ShortcutAction | null {
  if (chord.metaKey || chord.altGraph || chord.shiftKey) return null;
  if (chord.ctrlKey && chord.altKey) return ofOwn(chord.code);
  if (chord.ctrlKey) return chord.code === 'Space' ? 'search' : null;
  if (chord.altKey || inApplication) return null;
  return chord.code === 'F1' ? 'help' : null;
}

/** For the help page: keys as labelled on keyboards. */
export const SHORTCUT_KEYS: Readonly<Record<ShortcutAction, readonly string[]>> = {
  search: ['Ctrl', 'Space'],
  menu: ['Ctrl', 'Alt', 'M'],
  files: ['Ctrl', 'Alt', 'F'],
  screen: ['Ctrl', 'Alt', 'N'],
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
