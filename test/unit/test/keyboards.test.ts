/** What `npm run test:keyboards` reads and writes: keymaps, dead keys, what xev prints, and the page. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { parseDeadKeys } from '../../keyboards/compose.ts';
import { judged, type KeyCase } from '../../keyboards/key-case.ts';
import { parseKeymap } from '../../keyboards/keymap.ts';
import { LAYOUTS } from '../../keyboards/layouts.ts';
import { pageOf } from '../../keyboards/page.ts';
import { Results } from '../../keyboards/results.ts';
import { parseXev, type XKey } from '../../keyboards/xev.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

test('a keymap has the keysyms of each printable position, with and without a type', () => {
  const keymap = parseKeymap(`xkb_keycodes { <AD01> = 24; };
    xkb_symbols "x" {
      key <AD01> { [ q, Q, at, Greek_OMEGA ] };
      key <AE11> {
        type= "FOUR_LEVEL_PLUS_LOCK",
        symbols[Group1]= [ ssharp, question, backslash, questiondown, U1E9E ]
      };
      key <ESC> { [ Escape ] };
    };`);
  assert.deepEqual(
    [...keymap],
    [
      ['KeyQ', ['q', 'Q', 'at', 'Greek_OMEGA']],
      ['Minus', ['ssharp', 'question', 'backslash', 'questiondown', 'U1E9E']],
    ],
  );
});

test('of the Compose file, a dead key with one other key is read', () => {
  const dead = parseDeadKeys('<dead_acute> <e> : "é" eacute\n<Multi_key> <a> <e> : "æ" ae\n<dead_acute> <a> <b> : "x"');
  assert.deepEqual(
    [...dead].map(([name, made]) => [name, ...made]),
    [['dead_acute', ['e', 'é']]],
  );
});

const XEV = (kind: string, state: string, keysym: string, text: string, filtered = 'False'): string => `
Key${kind} event, serial 34, synthetic NO, window 0x200001,
    root 0x532, subw 0x0, time 120, (1,2), root:(3,4),
    state ${state}, keycode 24 (keysym ${keysym}), same_screen YES,
    XLookupString gives 1 bytes: (${text}) "?"
${kind === 'Press' ? `    XmbLookupString gives 2 bytes: (${text}) "?"\n` : ''}    XFilterEvent returns: ${filtered}
`;

test('of xev’s output, complete events that no input method took are read', () => {
  const keys = parseXev(
    XEV('Press', '0x1', '0xe4, adiaeresis', 'c3 a4') +
      XEV('Press', '0x0', '0x61, a', '61', 'True') +
      XEV('Release', '0x1', '0xe4, adiaeresis', 'c3 a4'),
  );
  assert.deepEqual(
    keys.map(({ isPress, state, name, text }) => [isPress, state, name, text]),
    [
      [true, 1, 'adiaeresis', 'ä'],
      [false, 1, 'adiaeresis', ''],
    ],
  );
  assert.deepEqual(parseXev(XEV('Press', '0x1', '0xe4, adiaeresis', 'c3 a4').slice(0, -8)), []);
});

test('a case is right only with its text, its modifiers, and every key released', () => {
  const keysyms = { characterOf: () => null, characterOfValue: (value: number) => String.fromCodePoint(value) };
  const key = (isPress: boolean, text: string, state = 0): XKey => ({
    isPress,
    state,
    keycode: 24,
    keysym: text.codePointAt(0) ?? 0,
    name: text,
    text,
  });
  const one: KeyCase = { what: 'a', system: 'linux', steps: [], expected: { text: 'a' } };
  const right = [key(true, 'a'), key(false, 'a')];
  assert.equal(judged(one, right, 0, keysyms), null);
  assert.match(judged(one, [key(true, 'b'), key(false, 'b')], 0, keysyms) ?? '', /^received b/);
  assert.match(judged(one, [key(true, 'a', 4), key(false, 'a')], 0, keysyms) ?? '', /^wrong modifiers/);
  assert.match(judged(one, [key(true, 'a')], 0, keysyms) ?? '', /^still pressed: a/);
  assert.match(judged(one, right, 4, keysyms) ?? '', /^still pressed/);
  assert.match(judged(one, [], 0, keysyms) ?? '', /^received nothing/);
});

test('docs/keyboards.md has the results of all layouts: `npm run test:keyboards` writes it', async () => {
  const results = Results.parse(JSON.parse(await readFile(join(ROOT, 'test/keyboards/results.json'), 'utf8')));
  assert.deepEqual(
    results.layouts.map(({ name }) => name),
    LAYOUTS.map(({ name }) => name),
  );
  assert.equal(await readFile(join(ROOT, 'docs/keyboards.md'), 'utf8'), pageOf(results));
});
