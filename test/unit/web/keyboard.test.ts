/** The shell's shortcuts, and keysyms of text. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assert as check, property, string } from 'fast-check';
import { keysymOf, keysymsOf } from '../../../web/screen/keysym.ts';
import { type Chord, shortcutFor } from '../../../web/state/shortcuts.ts';

const chord = (code: string, more: Partial<Chord> = {}): Chord => ({
  code,
  ctrlKey: false,
  altKey: false,
  shiftKey: false,
  metaKey: false,
  altGraph: false,
  ...more,
});

test('Ctrl+Space searches and Ctrl+Alt with an arrow places the window, also inside an app', () => {
  assert.equal(shortcutFor(chord('Space', { ctrlKey: true }), true), 'search');
  assert.equal(shortcutFor(chord('ArrowLeft', { ctrlKey: true, altKey: true }), true), 'left');
  assert.equal(shortcutFor(chord('KeyT', { ctrlKey: true, altKey: true }), true), 'terminal');
});

test('F1 belongs to the app that has the focus', () => {
  assert.equal(shortcutFor(chord('F1'), true), null);
  assert.equal(shortcutFor(chord('F1'), false), 'help');
});

test('AltGr types characters although Windows reports it as Ctrl and Alt', () => {
  assert.equal(shortcutFor(chord('KeyT', { ctrlKey: true, altKey: true, altGraph: true }), true), null);
});

test('with Shift or Meta, a chord goes to the app', () => {
  assert.equal(shortcutFor(chord('Space', { ctrlKey: true, shiftKey: true }), true), null);
  assert.equal(shortcutFor(chord('KeyT', { ctrlKey: true, altKey: true, metaKey: true }), true), null);
});

test('property names of the prototype are not shortcuts', () => {
  assert.equal(shortcutFor(chord('constructor', { ctrlKey: true, altKey: true }), true), null);
});

test('Latin-1 is its own keysym, other characters lie in the Unicode range, Return and Tab have names', () => {
  assert.deepEqual(keysymsOf('aé€\n\t😀'), [0x61, 0xe9, 0x0100_20ac, 0xff0d, 0xff09, 0x0101_f600]);
  assert.deepEqual(keysymsOf('a\r\nb'), [0x61, 0xff0d, 0x62]);
});

test('control characters without a key are omitted', () => {
  assert.equal(keysymOf('\u0007'), null);
  assert.equal(keysymOf('\u0085'), null);
});

test('no text produces a keysym out of range', () => {
  check(
    property(string({ unit: 'binary' }), (text) => {
      for (const keysym of keysymsOf(text)) assert.ok(keysym >= 0x20 && keysym <= 0x0110_ffff);
    }),
  );
});
