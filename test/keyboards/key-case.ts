/** One thing that a user does with the keyboard, and what an X program must receive of it. */
import type { Keysyms } from './keysyms.ts';
import type { KeyInit, Step } from './steps.ts';
import type { System } from './systems.ts';
import type { XKey } from './xev.ts';

export interface KeyCase {
  readonly what: string;
  readonly system: System;
  /** Not judged. */
  readonly before?: readonly Step[];
  readonly steps: readonly Step[];
  readonly expected: Expected;
  /**
   * For locks: it depends on what the desktop has reported before, so it is replayed alone. Flags of the keys before and
   * after it.
   */
  readonly alone?: readonly [Partial<KeyInit>, Partial<KeyInit>];
}

export type Expected =
  /** `locks`: those that are on meanwhile, if that matters. */
  | { readonly text: string; readonly locks?: number }
  /** `mask`: Ctrl, Alt and Super that are held, as X11's state. */
  | { readonly key: string; readonly mask: number }
  /** Names of keysyms, in order. */
  | { readonly names: readonly string[] };

export const CONTROL = 0x4;
export const ALT = 0x8;
const SUPER = 0x40;
/** Caps Lock and Num Lock. */
const LOCKS = 0x12;
const MODIFIER = /^(Shift|Control|Alt|Meta|Super|Hyper)_[LR]$|^(ISO_Level3_Shift|Mode_switch|Caps_Lock|Num_Lock)$/;

/** What is wrong, in a sentence; null if nothing is. `left`: the modifiers that are held afterwards. */
export function judged(
  { expected }: KeyCase,
  received: readonly XKey[],
  left: number,
  keysyms: Keysyms,
): string | null {
  const presses = received.filter(({ isPress, name }) => isPress && !MODIFIER.test(name));
  const mask = 'mask' in expected ? expected.mask : 0;
  const seen = presses.map(({ name, text, state }) => `${name} ${JSON.stringify(text)} state ${state}`).join(', ');
  if (presses.some(({ state }) => (state & (CONTROL | ALT | SUPER)) !== mask)) return `wrong modifiers: ${seen}`;
  if (!fits(expected, presses, keysyms)) return `received ${seen || 'nothing'}`;
  const down = stillDown(received);
  return (left & ~LOCKS) !== 0 || down.length > 0 ? `still pressed: ${down.join(', ')} state ${left}` : null;
}

function fits(expected: Expected, presses: readonly XKey[], keysyms: Keysyms): boolean {
  if ('names' in expected) return presses.map(({ name }) => name).join() === expected.names.join();
  if ('key' in expected)
    return presses.length === 1 && keysyms.characterOfValue(presses[0]?.keysym ?? 0) === expected.key;
  const text = presses.map((press) => press.text).join('');
  // Keysyms of what an input method of the X program composed are none.
  const isSame = presses.every(
    ({ keysym, text }) => keysym === 0 || isKeypad(keysym) || keysyms.characterOfValue(keysym) === text,
  );
  const { locks } = expected;
  const areLocked = locks === undefined || presses.every(({ state }) => (state & LOCKS) === locks);
  return text === expected.text && isSame && areLocked;
}

function isKeypad(keysym: number): boolean {
  return keysym >= 0xff80 && keysym <= 0xffbd;
}

function stillDown(received: readonly XKey[]): string[] {
  const down = new Map<number, string>();
  for (const { isPress, keycode, name } of received)
    // What an input method composed is pressed by no key.
    if (isPress && keycode !== 0) down.set(keycode, name);
    else down.delete(keycode);
  return [...down.values()];
}
