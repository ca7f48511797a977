/** Input for the desktop's keyboard. Pure: no DOM. */

/** The relevant part of a KeyboardEvent. */
export interface KeyStroke {
  readonly key: string;
  readonly code: string;
  readonly keyCode: number;
  readonly location: number;
  readonly repeat: boolean;
  readonly ctrlKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly altGraph: boolean;
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
