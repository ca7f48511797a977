/** Shortcuts on layouts without Latin letters, a Mac's Command, and generated chords over held keys. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Keyboard } from '../../../web/screen/keyboard.ts';
import { KEYSYM } from '../../../web/screen/keysym.ts';
import { ShortcutLayout } from '../../../web/screen/shortcut-layout.ts';
import type { KeyItem, KeyStroke } from '../../../web/screen/key-item.ts';

const PLAIN: KeyStroke = {
  key: '',
  code: '',
  keyCode: 0,
  location: 0,
  repeat: false,
  ctrlKey: false,
  shiftKey: false,
  altKey: false,
  metaKey: false,
  altGraph: false,
  capsLock: false,
  numLock: false,
};
const stroke = (key: string, code: string, more: Partial<KeyStroke> = {}): KeyStroke => ({
  ...PLAIN,
  key,
  code,
  ...more,
});
const latin = (key: string, code: string, more: Partial<KeyStroke>, mac = false): string =>
  new ShortcutLayout().asShortcut(stroke(key, code, more), mac).key;

test('Ctrl with a key of any script without Latin letters is Ctrl with the letter printed there on a US keyboard', () => {
  for (const [key, code, letter] of [
    ['с', 'KeyC', 'c'], // Russian
    ['я', 'KeyZ', 'z'],
    ['α', 'KeyA', 'a'], // Greek
    ['ג', 'KeyD', 'd'], // Hebrew
    ['แ', 'KeyC', 'c'], // Thai
    ['ิ', 'KeyB', 'b'], // a vowel sign alone
    ['ؤ', 'KeyC', 'c'], // Arabic
    ['ც', 'KeyC', 'c'], // Georgian
    ['ց', 'KeyC', 'c'], // Armenian
    ['म', 'KeyC', 'c'], // Devanagari
    ['क्ष', 'KeyX', 'x'], // three characters by one key
    ['ㅊ', 'KeyC', 'c'], // Korean
    ['そ', 'KeyC', 'c'], // Japanese
    ['ㄏ', 'KeyC', 'c'], // Bopomofo
    ['ö', 'Semicolon', 'ö'], // German: a letter of its own
    ['č', 'Digit4', 'č'], // Czech
    ['ş', 'Semicolon', 'ş'], // Turkish
  ] as const)
    assert.equal(latin(key, code, { ctrlKey: true }), letter, key);
});

test('Shift, digits and signs follow the US keyboard as well', () => {
  assert.equal(latin('С', 'KeyC', { ctrlKey: true, shiftKey: true }), 'C');
  assert.equal(latin('№', 'Digit3', { ctrlKey: true, shiftKey: true }), '#');
  assert.equal(latin('١', 'Digit1', { altKey: true }), '1');
  assert.equal(latin('х', 'BracketLeft', { ctrlKey: true }), '[');
  assert.equal(latin('э', 'Quote', { metaKey: true, shiftKey: true }), '"');
});

test('keys that type characters stay unchanged: without modifiers, with AltGr, with Option on a Mac', () => {
  assert.equal(latin('с', 'KeyC', {}), 'с');
  assert.equal(latin('С', 'KeyC', { shiftKey: true }), 'С');
  assert.equal(latin('₪', 'Digit4', { altGraph: true }), '₪');
  assert.equal(latin('₪', 'Digit4', { altGraph: true, ctrlKey: true, altKey: true }), '₪');
  assert.equal(latin('β', 'KeyB', { altKey: true }, true), 'β');
  assert.equal(latin('и', 'KeyB', { altKey: true }), 'b');
});

test('layouts with Latin letters keep their own: Dvorak, AZERTY, Neo', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('a', 'z', 'é', 'ñ', 'ß', 'č', 'ş', 'ł', 'ĸ', '.', ';', 'µ', '§'),
      fc.constantFrom('KeyA', 'KeyQ', 'Semicolon', 'Digit2'),
      (key, code) => assert.equal(latin(key, code, { ctrlKey: true }), key),
    ),
  );
});

test('punctuation on letter keys is a shortcut of its letter once something was typed in such a layout', () => {
  const layout = new ShortcutLayout();
  const ctrl = (key: string, code: string): string =>
    layout.asShortcut(stroke(key, code, { ctrlKey: true }), false).key;
  layout.asShortcut(stroke('ש', 'KeyA'), false);
  assert.deepEqual([ctrl('/', 'KeyQ'), ctrl("'", 'KeyW'), ctrl('Enter', 'Enter')], ['q', 'w', 'Enter']);
  layout.asShortcut(stroke('q', 'KeyA'), false);
  assert.equal(ctrl(',', 'KeyM'), ',', 'as on a French keyboard');
});

test('keys that US keyboards lack, and property names of the prototype, stay unchanged', () => {
  assert.equal(latin('ろ', 'IntlRo', { ctrlKey: true }), 'ろ');
  assert.equal(latin('с', 'constructor', { ctrlKey: true }), 'с');
  assert.equal(latin('с', '', { ctrlKey: true }), 'с');
});

/** What a keyboard sends, as short texts: `+c` down, `-c` up. */
function recorded(mac: boolean) {
  const sent: string[] = [];
  const keyboard = new Keyboard(
    (item) => sent.push(short(item)),
    () => mac,
  );
  const take = (): string => sent.splice(0).join(' ');
  return { keyboard, take };
}

function short(item: KeyItem): string {
  if (item.kind === 'text') return `"${item.text}"`;
  const name = item.kind === 'stroke' ? item.stroke.key : item.keysym.toString(16);
  return `${item.down ? '+' : '-'}${name}`;
}

const META = stroke('Meta', 'MetaLeft', { metaKey: true });
const SHIFT = stroke('Shift', 'ShiftLeft', { shiftKey: true });

test("a Mac's Command with a character is Ctrl, pressed with the character and released with Command", () => {
  const { keyboard, take } = recorded(true);
  keyboard.press(META);
  assert.equal(take(), '', 'nothing is pressed until it is known what Command is for');
  keyboard.press(stroke('c', 'KeyC', { metaKey: true }));
  keyboard.press(stroke('v', 'KeyV', { metaKey: true }));
  // macOS never reports that either was released.
  assert.equal(take(), '+Control +c -c +v -v');
  keyboard.release({ ...META, metaKey: false });
  assert.equal(take(), '-Control');
});

test('Command+Shift+Z is Ctrl+Shift+Z, and noVNC never sees Command held', () => {
  const items: KeyItem[] = [];
  const keyboard = new Keyboard(
    (item) => items.push(item),
    () => true,
  );
  keyboard.press(META);
  keyboard.press({ ...SHIFT, metaKey: true });
  keyboard.press(stroke('z', 'KeyZ', { metaKey: true, shiftKey: true }));
  keyboard.release({ ...SHIFT, metaKey: true });
  keyboard.release(META);
  assert.equal(items.map(short).join(' '), '+Shift +Control +z -z -Shift -Control');
  assert.ok(items.every((item) => item.kind === 'stroke' && !item.stroke.metaKey));
});

test('Command with a Cyrillic layout means the same keys', () => {
  const { keyboard, take } = recorded(true);
  keyboard.press(META);
  keyboard.press(stroke('с', 'KeyC', { metaKey: true }));
  assert.equal(take(), '+Control +c -c');
});

test('Command with a named key is Alt as before, and never both at once', () => {
  const { keyboard, take } = recorded(true);
  keyboard.press(META);
  keyboard.press(stroke('F4', 'F4', { metaKey: true }));
  keyboard.press(stroke('c', 'KeyC', { metaKey: true }));
  keyboard.release(META);
  assert.equal(take(), '+Meta +F4 -F4 -Meta +Control +c -c -Control');
});

test('shortcuts that leave the browser stay with macOS', () => {
  const { keyboard, take } = recorded(true);
  for (const [key, code] of [
    ['q', 'KeyQ'],
    ['Tab', 'Tab'],
    [' ', 'Space'],
    ['`', 'Backquote'],
  ] as const) {
    keyboard.press(META);
    assert.equal(keyboard.press(stroke(key, code, { metaKey: true })), false, key);
    keyboard.release(META);
  }
  assert.equal(take(), '');
});

test('on other systems, Meta is a regular key', () => {
  const { keyboard, take } = recorded(false);
  keyboard.press(META);
  keyboard.press(stroke('c', 'KeyC', { metaKey: true }));
  keyboard.release(stroke('c', 'KeyC', { metaKey: true }));
  keyboard.release(META);
  assert.equal(take(), '+Meta +c -c -Meta');
});

test('a click with Command is a click with Ctrl', () => {
  const { keyboard, take } = recorded(true);
  keyboard.press(META);
  keyboard.pressPointer(META);
  keyboard.release(META);
  assert.equal(take(), '+Control -Control');
});

test('a modifier whose release was never reported is released before the next key or click', () => {
  const { keyboard, take } = recorded(false);
  const alt = stroke('Alt', 'AltLeft', { altKey: true });
  keyboard.press(alt);
  keyboard.press(stroke('a', 'KeyA'));
  assert.equal(take(), '+Alt -Alt +a');
  keyboard.press(SHIFT);
  keyboard.pressPointer(PLAIN);
  assert.equal(take(), '+Shift -Shift');
});

test('modifiers that Windows and Linux report under other names stay pressed', () => {
  const { keyboard, take } = recorded(false);
  keyboard.press(stroke('Control', 'ControlLeft', { ctrlKey: true }));
  keyboard.press(stroke('AltGraph', 'AltRight', { altGraph: true }));
  keyboard.press(stroke('@', 'KeyQ', { altGraph: true }));
  assert.equal(take(), '+Control +AltGraph +@');
  keyboard.releaseAll();
  take();
  // Shift+Alt is Meta on Linux.
  keyboard.press(stroke('Meta', 'AltLeft', { altKey: true, shiftKey: true }));
  keyboard.press(stroke('A', 'KeyA', { altKey: true, shiftKey: true }));
  assert.equal(take(), '+Meta +A');
});

test('keys pressed before Command are released with it, and Caps Lock of a Mac is no key', () => {
  const { keyboard, take } = recorded(true);
  keyboard.press(stroke('a', 'KeyA'));
  keyboard.press(META);
  keyboard.release(META);
  keyboard.press(stroke('CapsLock', 'CapsLock', { capsLock: true }));
  assert.equal(take(), '+a -a');
});

test('symbols that Xlib misreads in X11’s old keysyms are Unicode keysyms, with their key', () => {
  const { keyboard, take } = recorded(false);
  keyboard.press(stroke('⟩', 'Quote'));
  keyboard.release(stroke('⟩', 'Quote'));
  assert.equal(take(), '+10027e9 -10027e9');
});

test('a generated chord is pressed alone, and held keys are pressed again', () => {
  const { keyboard, take } = recorded(false);
  keyboard.press(SHIFT);
  keyboard.press(stroke('Alt', 'AltLeft', { altKey: true }));
  take();
  keyboard.type([0x76], [KEYSYM.Control]);
  assert.equal(take(), '-Alt -Shift +ffe3 +76 -76 -ffe3 +Shift +Alt');
  keyboard.releaseAll();
  assert.equal(take(), '-Alt -Shift');
});

test('a release matches a press, with its keysym, and never twice', () => {
  const { keyboard, take } = recorded(false);
  keyboard.press(stroke('Control', 'ControlLeft', { ctrlKey: true }));
  keyboard.press(stroke('с', 'KeyC', { ctrlKey: true }));
  keyboard.release(stroke('Control', 'ControlLeft'));
  keyboard.release(stroke('с', 'KeyC'));
  keyboard.release(stroke('с', 'KeyC'));
  assert.equal(take(), '+Control +c -Control -c');
});

test('after the focus is lost, no key stays pressed on any computer', () => {
  const key = fc.constantFrom<readonly [string, string, Partial<KeyStroke>]>(
    ['c', 'KeyC', {}],
    ['с', 'KeyC', { ctrlKey: true }],
    ['v', 'KeyV', { metaKey: true }],
    ['F4', 'F4', { metaKey: true }],
    ['q', 'KeyQ', { metaKey: true }],
    ['Meta', 'MetaLeft', { metaKey: true }],
    ['Meta', 'MetaRight', { metaKey: true }],
    ['Shift', 'ShiftLeft', {}],
    ['Control', 'ControlLeft', {}],
    ['Alt', 'AltLeft', {}],
  );
  const action = fc.tuple(fc.constantFrom('press', 'release', 'type', 'pointer'), key);
  fc.assert(
    fc.property(fc.boolean(), fc.array(action, { maxLength: 60 }), (mac, actions) => {
      const down = new Map<string, number>();
      const keyboard = new Keyboard(
        (item) => {
          if (item.kind === 'text') return;
          const id = item.kind === 'stroke' ? item.stroke.code : `sym ${item.keysym}`;
          if (item.down && item.kind === 'keysym')
            assert.ok(![...down.keys()].some((one) => !one.startsWith('sym')), 'a chord over held keys');
          if (item.down) down.set(id, 1);
          else assert.ok(down.delete(id), `${id} was not down`);
        },
        () => mac,
      );
      for (const [what, [name, code, more]] of actions) {
        if (what === 'press') keyboard.press(stroke(name, code, more));
        else if (what === 'release') keyboard.release(stroke(name, code, more));
        else if (what === 'type') keyboard.type([0x76], [KEYSYM.Control]);
        else keyboard.pressPointer(META);
      }
      keyboard.releaseAll();
      assert.deepEqual([...down.keys()], []);
    }),
    { numRuns: 1_000 },
  );
});
