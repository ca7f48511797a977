/** Input for the desktop's keyboard. Pure: no DOM. */

/** The modifiers that an event of a key or pointer reports. */
export interface HeldModifiers {
  readonly ctrlKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly altGraph: boolean;
}

/** The relevant part of a KeyboardEvent. */
export interface KeyStroke extends HeldModifiers {
  readonly key: string;
  readonly code: string;
  readonly keyCode: number;
  readonly location: number;
  readonly repeat: boolean;
  readonly capsLock: boolean;
  readonly numLock: boolean;
}

/** A key as the browser reported it, a generated keysym, or text for the desktop's clipboard. */
export type KeyItem =
  | { readonly kind: 'stroke'; readonly stroke: KeyStroke; readonly down: boolean }
  | { readonly kind: 'keysym'; readonly keysym: number; readonly code: string; readonly down: boolean }
  | { readonly kind: 'text'; readonly text: string };

const MODIFIERS: ReadonlySet<string> = new Set(['Shift', 'Control', 'Alt', 'AltGraph', 'Meta']);

export function isModifier(key: string): boolean {
  return MODIFIERS.has(key);
}

/** Whether it prints several UTF-16 units, such as لا of Arabic layouts; names of keys are ASCII words. */
export function printsSeveral(key: string): boolean {
  return key.length > 1 && !/^[A-Za-z0-9]+$/.test(key);
}

/**
 * Whether events still report this key as held. AltGr counts as reported, as systems report it differently, and so does
 * every key that isn't a modifier.
 */
export function isReported({ key, code }: KeyStroke, held: HeldModifiers): boolean {
  const { ctrlKey, shiftKey, altKey, metaKey, altGraph } = held;
  if (key === 'Shift') return shiftKey;
  // Windows holds Ctrl and Alt while AltGr is held.
  if (key === 'Control') return ctrlKey || altGraph;
  // With Shift, the Alt key is Meta on Linux.
  if (key === 'Alt' || (key === 'Meta' && code.startsWith('Alt'))) return altKey || metaKey || altGraph;
  return key !== 'Meta' || metaKey;
}
