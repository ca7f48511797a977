/**
 * Translates keys of this computer to the desktop: shortcuts by key, a Mac's Command as Ctrl, and generated chords
 * that held keys don't affect. Whatever it presses, it also releases. Pure.
 */
import { KEYSYM, unicodeKeysym } from './keysym.ts';
import { ShortcutLayout } from './shortcut-layout.ts';
import { type HeldModifiers, isModifier, isReported, type KeyItem, type KeyStroke } from './key-item.ts';

/** With Command, these stay with macOS: quit, and switch windows. */
const OF_THE_MAC: ReadonlySet<string> = new Set(['q', ' ', 'tab', '`', '~']);

export class Keyboard {
  readonly #send: (item: KeyItem) => void;
  readonly #isMac: () => boolean;
  readonly #layout = new ShortcutLayout();
  /** The keysyms as sent, by code. */
  readonly #held = new Map<string, KeyStroke>();
  /** What Command currently is in the desktop: the next key decides. */
  #command: KeyStroke | null = null;

  constructor(send: (item: KeyItem) => void, isMac: () => boolean) {
    this.#send = send;
    this.#isMac = isMac;
  }

  /** Returns whether the key goes to the desktop; the browser must ignore it then. */
  press(stroke: KeyStroke): boolean {
    const mac = this.#isMac();
    // A Mac reports Caps Lock when it is switched, not when it is pressed: noVNC switches it with the next key.
    if (mac && (stroke.key === 'Meta' || stroke.key === 'CapsLock')) return true;
    if (!isModifier(stroke.key)) this.#releaseLost(stroke);
    const shortcut = this.asShortcut(stroke);
    if (mac && stroke.metaKey && !isModifier(stroke.key)) return this.#pressWithCommand(shortcut);
    this.#down(mac ? { ...shortcut, metaKey: false } : shortcut);
    return true;
  }

  /** The stroke as a shortcut of a layout with Latin letters. */
  asShortcut(stroke: KeyStroke): KeyStroke {
    return this.#layout.asShortcut(stroke, this.#isMac());
  }

  release({ key, code }: KeyStroke): void {
    if (this.#isMac() && key === 'Meta') {
      this.#endCommand();
      // Keys that were pressed before Command and released while it was held.
      for (const held of this.#held.values()) if (!isModifier(held.key)) this.#up(held);
    }
    const held = this.#held.get(code);
    if (held) this.#up(held);
  }

  releaseAll(): void {
    this.#command = null;
    for (const stroke of [...this.#held.values()].toReversed()) this.#up(stroke);
  }

  /** Types keysyms with exactly these modifiers: held ones are released before and pressed again afterwards. */
  type(keysyms: readonly number[], modifiers: readonly number[] = []): void {
    const held = [...this.#held.values()];
    for (const stroke of held.toReversed()) this.#up(stroke);
    for (const keysym of modifiers) this.#keysym(keysym, true);
    for (const keysym of keysyms) {
      this.#keysym(keysym, true);
      this.#keysym(keysym, false);
    }
    for (const keysym of modifiers.toReversed()) this.#keysym(keysym, false);
    for (const stroke of held) if (isModifier(stroke.key)) this.#down(stroke);
  }

  /** Before the pointer is pressed: holds Ctrl for Command. */
  pressPointer(held: HeldModifiers): void {
    this.#releaseLost(held);
    if (this.#isMac() && held.metaKey) this.#commandAs('Control');
  }

  /** Releases modifiers whose release never came, because another window or the system took it. */
  #releaseLost(reported: HeldModifiers): void {
    if (!reported.metaKey) this.#endCommand();
    for (const held of this.#held.values()) if (held !== this.#command && !isReported(held, reported)) this.#up(held);
  }

  /** macOS reports no keyup while Command is held, so the key is released at once. */
  #pressWithCommand(stroke: KeyStroke): boolean {
    if (OF_THE_MAC.has(stroke.key.toLowerCase())) return false;
    // Ctrl for characters; Alt for other keys, such as function keys.
    this.#commandAs(Array.from(stroke.key).length === 1 ? 'Control' : 'Alt');
    const alone = { ...stroke, metaKey: false };
    this.#down(alone);
    this.#up(alone);
    return true;
  }

  #commandAs(key: 'Control' | 'Alt'): void {
    // noVNC maps a Mac's Command to Alt and Option to a level shift.
    const name = key === 'Alt' ? 'Meta' : key;
    if (this.#command?.key === name && this.#held.has(this.#command.code)) return;
    this.#endCommand();
    this.#command = { ...COMMAND, key: name };
    this.#down(this.#command);
  }

  #endCommand(): void {
    if (this.#command && this.#held.has(this.#command.code)) this.#up(this.#command);
    this.#command = null;
  }

  #down(stroke: KeyStroke): void {
    if (stroke.code !== '') this.#held.set(stroke.code, stroke);
    this.#send(itemOf(stroke, true));
  }

  #up(stroke: KeyStroke): void {
    this.#held.delete(stroke.code);
    this.#send(itemOf(stroke, false));
  }

  #keysym(keysym: number, down: boolean): void {
    this.#send({ kind: 'keysym', keysym, code: CODES.get(keysym) ?? '', down });
  }
}

function itemOf(stroke: KeyStroke, down: boolean): KeyItem {
  const keysym = unicodeKeysym(stroke.key);
  return keysym === null ? { kind: 'stroke', stroke, down } : { kind: 'keysym', keysym, code: stroke.code, down };
}

const COMMAND: KeyStroke = {
  key: 'Meta',
  code: 'MetaLeft',
  keyCode: 0,
  location: 1,
  repeat: false,
  ctrlKey: false,
  shiftKey: false,
  altKey: false,
  metaKey: false,
  altGraph: false,
  capsLock: false,
  numLock: false,
};

const CODES: ReadonlyMap<number, string> = new Map([
  [KEYSYM.Shift, 'ShiftLeft'],
  [KEYSYM.Control, 'ControlLeft'],
  [KEYSYM.Alt, 'AltLeft'],
]);
