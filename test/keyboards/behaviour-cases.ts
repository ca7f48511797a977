/** What doesn't depend on a layout: keys without a character, repeat, locks, input methods, keys whose release is lost. */
import { ALT, CONTROL, type Expected, type KeyCase } from './key-case.ts';
import type { KeyInit, Step } from './steps.ts';
import { PLATFORMS, SYSTEMS, type System } from './systems.ts';

const LOCK = 0x2;
const HELD = {
  Shift: { code: 'ShiftLeft', flags: { shiftKey: true } },
  Control: { code: 'ControlLeft', flags: { ctrlKey: true } },
  Alt: { code: 'AltLeft', flags: { altKey: true } },
} as const;
const KEYPAD = { location: 3 };
const NUM_LOCK = { ...KEYPAD, modifierNumLock: true };
const CAPS_LOCK = { modifierCapsLock: true };
const COMMAND = { metaKey: true };

export function behaviourCases(): readonly KeyCase[] {
  const cases = [
    ...SYSTEMS.flatMap((system) => [...keys(system), ...inputMethods(system), ...lost(system)]),
    ...special(),
  ];
  // The state of a lock is reported by the desktop, so these are replayed one after the other.
  return [...cases, ...SYSTEMS.flatMap(locks)];
}

function keys(system: System): KeyCase[] {
  const repeats = Array.from({ length: 4 }, () => down('a', 'KeyA', { repeat: true }));
  const named = ['Enter', 'Tab', 'Backspace', 'Delete', 'Escape', 'ArrowLeft', 'PageDown', 'F1', 'F12', 'F13'];
  const names = ['Return', 'Tab', 'BackSpace', 'Delete', 'Escape', 'Left', 'Next', 'F1', 'F12', 'F13'];
  const { code, flags } = HELD.Control;
  const chord = [down('Control', code, flags), ...tap('A', 'KeyA', { ...flags, shiftKey: true }), up('Control', code)];
  const shift = HELD.Shift;
  return [
    one(system, 'a key that is held repeats', [down('a', 'KeyA'), ...repeats, up('a', 'KeyA')], { text: 'aaaaa' }),
    one(
      system,
      'keys without a character',
      named.flatMap((key) => tap(key, key)),
      { names },
    ),
    one(system, 'Enter of the number pad', tap('Enter', 'NumpadEnter', KEYPAD), { names: ['KP_Enter'] }),
    one(
      system,
      'Ctrl+Shift with a letter',
      [down('Shift', shift.code, shift.flags), ...chord, up('Shift', shift.code)],
      { key: 'A', mask: CONTROL },
    ),
  ];
}

function inputMethods(system: System): KeyCase[] {
  const korean = [...composed(['ㅎ', '하'], '한', 'KeyR'), ...composed(['ㄱ', '그'], '글', 'KeyF')];
  return [
    one(system, 'Japanese, composed and chosen', composed(['k', 'か', 'かn', '漢字'], '漢字', 'Enter'), {
      text: '漢字',
    }),
    one(system, 'Chinese, composed and chosen', composed(['n', 'ni', 'ni hao'], '你好', 'Space'), { text: '你好' }),
    one(system, 'Korean, each syllable composed', korean, { text: '한글' }),
    one(system, 'a composition that is cancelled', composed(['n'], '', 'Escape'), { text: '' }),
    one(system, 'an emoji of the system’s picker', [{ type: 'insert', text: '😀' }], { text: '😀' }),
  ];
}

/** A browser that reports the modifier with the next key means a press that the page has seen the end of. */
function lost(system: System): KeyCase[] {
  return (['Shift', 'Control', 'Alt'] as const).flatMap((key) => {
    const { code, flags } = HELD[key];
    const press = down(key, code, flags);
    const ended = (['hide', 'fullscreen', 'leave'] as const).map((type) =>
      one(system, `${key} is held when the page ends it: ${type}`, [press, { type }, ...tap('a', 'KeyA', flags)], {
        text: 'a',
      }),
    );
    return [
      one(system, `${key} whose release was never reported`, [press, ...tap('a', 'KeyA')], { text: 'a' }),
      ...ended,
    ];
  });
}

function locks(system: System): KeyCase[] {
  const isMac = system === 'mac';
  // Macs report Caps Lock as pressed when it is switched on, and as released when it is switched off.
  const on = isMac ? [down('CapsLock', 'CapsLock', CAPS_LOCK)] : tap('CapsLock', 'CapsLock', CAPS_LOCK);
  const off = isMac ? [up('CapsLock', 'CapsLock')] : tap('CapsLock', 'CapsLock');
  const capital = tap('A', 'KeyA', CAPS_LOCK);
  const umlaut = tap('Ä', 'Quote', CAPS_LOCK);
  const small = tap('a', 'KeyA');
  const alone = (
    what: string,
    steps: readonly Step[],
    expected: Expected,
    after: Partial<KeyInit> = {},
    before = after,
  ): KeyCase => ({
    ...one(system, what, steps, expected),
    alone: [before, after],
  });
  return [
    alone('Caps Lock is off', small, { text: 'a', locks: 0 }),
    alone('Caps Lock is switched on', [...on, ...capital], { text: 'A', locks: LOCK }, CAPS_LOCK, {}),
    alone('Caps Lock, and a letter that US keyboards lack', umlaut, { text: 'Ä', locks: LOCK }, CAPS_LOCK),
    alone('Caps Lock is switched off', [...off, ...small], { text: 'a', locks: 0 }, {}, CAPS_LOCK),
    alone('Caps Lock was switched on elsewhere', capital, { text: 'A', locks: LOCK }, CAPS_LOCK),
    alone('Caps Lock was switched off elsewhere', small, { text: 'a', locks: 0 }),
    alone('the number pad with Num Lock', tap('1', 'Numpad1', NUM_LOCK), { text: '1' }, { modifierNumLock: true }),
    alone('the number pad without Num Lock', tap('End', 'Numpad1', KEYPAD), { names: ['KP_End'] }),
  ];
}

function special(): KeyCase[] {
  const command = down('Meta', 'MetaLeft', COMMAND);
  const { code, flags } = HELD.Alt;
  const unknown = { keyCode: 229 };
  return [
    one('mac', 'a key that was released while Command was held', [down('a', 'KeyA'), command, up('Meta', 'MetaLeft')], {
      text: 'a',
    }),
    one('mac', 'Command whose release was never reported', [command, ...tap('c', 'KeyC', COMMAND).slice(0, 1)], {
      key: 'c',
      mask: CONTROL,
    }),
    one(
      'windows',
      'Alt with a Russian letter',
      [down('Alt', code, flags), ...tap('и', 'KeyB', flags), up('Alt', code)],
      {
        key: 'b',
        mask: ALT,
      },
    ),
    one(
      'linux',
      'an Android keyboard',
      [down('Unidentified', '', unknown), { type: 'insert', text: 'ok' }, { type: 'erase' }],
      { names: ['o', 'k', 'BackSpace'] },
    ),
  ];
}

function one(system: System, what: string, steps: readonly Step[], expected: Expected): KeyCase {
  return { what: `${what} (${PLATFORMS[system]})`, system, steps, expected };
}

/** An input method takes the keys; the last one commits. */
function composed(shown: readonly string[], text: string, last: string): readonly Step[] {
  const taken = { keyCode: 229, isComposing: true };
  return [
    ...shown.flatMap((text): Step[] => [down('Process', 'KeyN', taken), { type: 'compose', text }]),
    down('Process', last, taken),
    { type: 'commit', text },
    up('Process', last),
  ];
}

function down(key: string, code: string, more: Partial<KeyInit> = {}): Step {
  return { type: 'keydown', init: { key, code, ...more } };
}

function up(key: string, code: string, more: Partial<KeyInit> = {}): Step {
  return { type: 'keyup', init: { key, code, ...more } };
}

function tap(key: string, code: string, more: Partial<KeyInit> = {}): readonly Step[] {
  return [down(key, code, more), up(key, code, more)];
}
