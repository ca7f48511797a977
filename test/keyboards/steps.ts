/** What a browser does for one key: its events, and what it inserts. Plain data, sent into a page and replayed there. */

/** The part of a KeyboardEvent that differs between keys. */
export interface KeyInit {
  readonly key: string;
  readonly code: string;
  readonly location?: number;
  readonly keyCode?: number;
  readonly repeat?: boolean;
  readonly isComposing?: boolean;
  readonly ctrlKey?: boolean;
  readonly shiftKey?: boolean;
  readonly altKey?: boolean;
  readonly metaKey?: boolean;
  readonly modifierAltGraph?: boolean;
  readonly modifierCapsLock?: boolean;
  readonly modifierNumLock?: boolean;
}

export type Step =
  /** `inserts`: the text that the browser puts into the field unless the page prevents it. */
  | { readonly type: 'keydown'; readonly init: KeyInit; readonly inserts?: string }
  | { readonly type: 'keyup'; readonly init: KeyInit }
  /** The text that an input method shows while it composes. */
  | { readonly type: 'compose'; readonly text: string }
  /** Ends the composition with this text. */
  | { readonly type: 'commit'; readonly text: string }
  /** An input method inserts without composing. */
  | { readonly type: 'insert'; readonly text: string }
  /** A touch keyboard's backspace. */
  | { readonly type: 'erase' }
  /** The page is hidden, goes to full screen, or loses the focus and gets it back. */
  | { readonly type: 'hide' | 'fullscreen' | 'leave' };
