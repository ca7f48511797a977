/**
 * The hidden text field that has the focus while keys go to the desktop. Plain keys are handed to noVNC as they are;
 * dead keys, input methods and touch keyboards are composed by the browser in the field and arrive as characters.
 */
import { KEYSYM, keysymsOf } from './keysym.ts';

export interface KeyTarget {
  /** noVNC listens there. */
  canvas(): HTMLCanvasElement | null;
  sendKey(keysym: number, code: string | null, down?: boolean): void;
  /** Puts text into the desktop's clipboard. */
  sendClipboard(text: string): void;
}

/** Something to delete must stand in the field, else touch keyboards do not report backspace. */
const KEPT = '\u00A0';

export function attachKeyField(field: HTMLTextAreaElement, target: KeyTarget, signal: AbortSignal): void {
  let afterDead = false;
  let pasting: KeyboardEvent | null = null;

  const reset = () => {
    field.value = KEPT;
    field.setSelectionRange(1, 1);
  };
  const hand = (event: KeyboardEvent, type = event.type) => {
    const copy = copyOf(event, type);
    target.canvas()?.dispatchEvent(copy);
    if (type === event.type && copy.defaultPrevented) event.preventDefault();
  };
  const flush = () => {
    const { value } = field;
    reset();
    afterDead = false;
    if (value === '') target.sendKey(KEYSYM.BackSpace, null);
    for (const keysym of keysymsOf(value.replace(KEPT, ''))) target.sendKey(keysym, null);
  };

  field.addEventListener(
    'keydown',
    (event) => {
      if (event.isComposing || event.keyCode === 229) return;
      const printable = Array.from(event.key).length === 1 && !event.ctrlKey && !event.metaKey;
      if (event.key === 'Dead' || (afterDead && printable)) {
        afterDead = true;
        return;
      }
      if (!isModifier(event.key)) afterDead = false;
      // The browser's own paste gives us the text without asking; the keys follow it to the desktop.
      if (isPaste(event)) {
        pasting = event;
        return;
      }
      hand(event);
    },
    { signal },
  );
  field.addEventListener(
    'keyup',
    (event) => {
      if (pasting?.code === event.code) {
        hand(pasting, 'keydown');
        pasting = null;
      }
      hand(event);
    },
    { signal },
  );
  field.addEventListener(
    'paste',
    (event) => {
      event.preventDefault();
      const text = event.clipboardData?.getData('text/plain') ?? '';
      if (text !== '') target.sendClipboard(text);
      if (pasting && !pasting.metaKey) hand(pasting, 'keydown');
      else pressPaste(target);
      pasting = null;
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
  field.addEventListener('blur', releaseKeys, { signal });
  document.addEventListener('visibilitychange', releaseKeys, { signal });
}

/** Everything that is down in the desktop goes up: noVNC does so when the window loses the focus. */
export function releaseKeys(): void {
  window.dispatchEvent(new Event('blur'));
}

function copyOf(event: KeyboardEvent, type: string): KeyboardEvent {
  const { key, code, keyCode, location, repeat, ctrlKey, shiftKey, altKey, metaKey } = event;
  return new KeyboardEvent(type, {
    key,
    code,
    keyCode,
    location,
    repeat,
    ctrlKey,
    shiftKey,
    altKey,
    metaKey,
    modifierAltGraph: event.getModifierState('AltGraph'),
    modifierCapsLock: event.getModifierState('CapsLock'),
    modifierNumLock: event.getModifierState('NumLock'),
    cancelable: true,
  });
}

const isModifier = (key: string): boolean => ['Shift', 'Control', 'Alt', 'AltGraph', 'Meta', 'CapsLock'].includes(key);

function isPaste({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyboardEvent): boolean {
  if (altKey) return false;
  if (key === 'Insert') return shiftKey && !ctrlKey && !metaKey;
  return key.toLowerCase() === 'v' && ctrlKey !== metaKey;
}

/** For paste without our keys: Command+V of a Mac, or the browser's menu. */
function pressPaste(target: KeyTarget): void {
  const v = 0x76;
  target.sendKey(KEYSYM.Control, 'ControlLeft', true);
  target.sendKey(v, 'KeyV', true);
  target.sendKey(v, 'KeyV', false);
  target.sendKey(KEYSYM.Control, 'ControlLeft', false);
}
