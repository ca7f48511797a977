/**
 * The hidden text field that has the focus while keys go to the desktop. Plain keys are forwarded unchanged; dead
 * keys, input methods and touch keyboards are composed by the browser in the field and arrive as characters.
 */
import type { Keyboard } from './keyboard.ts';
import { KEYSYM, keysymsOf } from './keysym.ts';
import { isMac } from './platform.ts';
import { type HeldModifiers, isModifier, type KeyStroke, printsSeveral } from './key-item.ts';

export interface KeyTarget {
  readonly keyboard: Keyboard;
  /** Sends what is pasted to the desktop's clipboard, before the keys; false if they should not be sent. */
  readonly paste: (data: DataTransfer) => boolean;
  /** Keysyms of modifiers that were chosen on the screen for the next text. */
  readonly modifiers: () => readonly number[];
}

/** The field must contain text, otherwise touch keyboards don't report backspace. */
const KEPT = '\u00A0';

export function attachKeyField(
  field: HTMLTextAreaElement,
  { keyboard, paste, modifiers }: KeyTarget,
  signal: AbortSignal,
): void {
  let afterDead = false;
  let pasting: KeyStroke | null = null;

  const reset = () => {
    field.value = KEPT;
    field.setSelectionRange(1, 1);
  };
  const flush = () => {
    const { value } = field;
    reset();
    afterDead = false;
    keyboard.type([...(value === '' ? [KEYSYM.BackSpace] : []), ...keysymsOf(value.replace(KEPT, ''))], modifiers());
  };
  const pressPaste = () => {
    if (pasting) keyboard.press(pasting);
    pasting = null;
  };

  field.addEventListener(
    'keydown',
    (event) => {
      if (event.isComposing || event.keyCode === 229 || printsSeveral(event.key)) return;
      const printable = Array.from(event.key).length === 1 && !event.ctrlKey && !event.metaKey;
      if (event.key === 'Dead' || (afterDead && printable)) {
        afterDead = true;
        return;
      }
      if (!isModifier(event.key) && event.key !== 'CapsLock') afterDead = false;
      const stroke = strokeOf(event);
      // The browser's paste event provides the text without a prompt; the keys are sent after it.
      if (isPaste(keyboard.asShortcut(stroke))) pasting = stroke;
      else if (keyboard.press(stroke)) event.preventDefault();
    },
    { signal },
  );
  field.addEventListener(
    'keyup',
    (event) => {
      // macOS reports no keyup while Command is held.
      if (pasting?.code === event.code || event.key === 'Meta') pressPaste();
      keyboard.release(strokeOf(event));
      event.preventDefault();
    },
    { signal },
  );
  field.addEventListener(
    'paste',
    (event) => {
      event.preventDefault();
      if (event.clipboardData && !paste(event.clipboardData)) pasting = null;
      else if (pasting) pressPaste();
      // From the browser's menu.
      else keyboard.type([V], [KEYSYM.Control]);
    },
    { signal },
  );
  field.addEventListener(
    'input',
    (event) => {
      if (!(event instanceof InputEvent && event.isComposing)) flush();
    },
    { signal },
  );
  field.addEventListener('compositionend', () => field.value !== KEPT && flush(), { signal });
  field.addEventListener('focus', reset, { signal });
  const release = () => {
    pasting = null;
    keyboard.releaseAll();
  };
  field.addEventListener('blur', release, { signal });
  // Full screen may take the keys, or begin or end with one.
  for (const type of ['visibilitychange', 'fullscreenchange']) document.addEventListener(type, release, { signal });
}

const V = 0x76;

export function heldModifiers(event: KeyboardEvent | MouseEvent): HeldModifiers {
  const { ctrlKey, shiftKey, altKey, metaKey } = event;
  return { ctrlKey, shiftKey, altKey, metaKey, altGraph: event.getModifierState('AltGraph') };
}

function strokeOf(event: KeyboardEvent): KeyStroke {
  const { key, code, keyCode, location, repeat } = event;
  return {
    key,
    code,
    keyCode,
    location,
    repeat,
    ...heldModifiers(event),
    capsLock: event.getModifierState('CapsLock'),
    numLock: event.getModifierState('NumLock'),
  };
}

function isPaste({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyStroke): boolean {
  if (altKey) return false;
  if (key === 'Insert') return shiftKey && !ctrlKey && !metaKey;
  return key.toLowerCase() === 'v' && (isMac() ? metaKey && !ctrlKey : ctrlKey && !metaKey);
}
