/** Escape sequences in logs: colours are shown, and no other sequence reaches a terminal or a page. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { presentLine } from '#domain/launches/log-text.ts';
import { colouredText, plainText } from '#protocol/escapes.ts';
import { contrast, cssOf, readable, spansOf } from '../../../../web/settings/log-colours.ts';

/** Control characters other than tab and line feed. */
const CONTROLS = /[^\P{Cc}\t\n]/u;
const COLOUR = new RegExp(String.raw`\x1b\[[\d:;]*m`, 'g');

const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\u001B',
        '\u001B[',
        '\u001B]',
        '\u001BP',
        '\u001B\\',
        '\u009B',
        '\u009D',
        '\u0090',
        '\u009C',
        '\u0007',
        '\b',
        '\r',
        '\u007F',
        '\u000E',
        'm',
        'H',
        '2J',
        '31',
        ';',
        ':',
        '?',
        '>',
        '8;;http://x',
        '52;c;',
        '0;title',
        ' ',
        '(B',
        'é',
        '\n',
      ),
      fc.string({ maxLength: 4 }),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''));

test('colours are the only escape sequences left in any output', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const left = colouredText(text);
      assert.doesNotMatch(left.replaceAll(COLOUR, ''), CONTROLS);
      assert.equal(colouredText(left), left);
      assert.equal(plainText(left), plainText(text));
      assert.doesNotMatch(plainText(text), CONTROLS);
    }),
    { numRuns: 2_000 },
  );
});

test('text without escape sequences is unchanged', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      fc.pre(!CONTROLS.test(text));
      assert.equal(colouredText(text), text);
    }),
  );
});

test('each kind of sequence is removed completely, and the text around it is kept', () => {
  for (const [text, left] of [
    ['\u001B[2J\u001B[Hclear', 'clear'],
    ['a\u001B[31mred\u001B[0mb', 'a\u001B[31mred\u001B[0mb'],
    ['\u009B31mred', '\u001B[31mred'],
    ['\u001B[38:2::1:2:3mrgb', '\u001B[38:2::1:2:3mrgb'],
    ['\u001B[>4;2mkeys\u001B[?1mprivate', 'keysprivate'],
    ['\u001B]0;title\u0007shown', 'shown'],
    ['\u001B]8;;https://evil.example\u001B\\link\u001B]8;;\u001B\\', 'link'],
    ['\u001B]52;c;ZXZpbA==\u0007copied', 'copied'],
    ['\u001BP+q544e\u001B\\device', 'device'],
    ['\u009D0;title\u009Cshown', 'shown'],
    ['\u001B]0;never ended\nnext line', '\nnext line'],
    ['\u001B(Bset\u001Bcreset\u001B7', 'setreset'],
    ['cut off \u001B[38;5', 'cut off '],
    ['\\|\b/\b-\b done', '\\ done'],
    ['bell\u0007 tab\t nul\u0000', 'bell tab\t nul'],
    [`\u001B[${'1;'.repeat(200)}mlong`, 'long'],
  ] as const) {
    assert.equal(colouredText(text), left, JSON.stringify(text));
  }
});

test('a line is shown without sequences that control a terminal', () => {
  const { text } = presentLine({
    at: null,
    stream: 'stdout',
    text: '\u001B]0;x\u0007\u001B[1mbold\u001B[22m\u001B[5A',
  });
  assert.equal(text, '\u001B[1mbold\u001B[22m');
});

test('the time to read escape sequences grows only with their number', () => {
  const begun = performance.now();
  for (const part of ['\u001B]', '\u001B[', '\u001BP', '\u009B0;', '\b', 'a\b']) colouredText(part.repeat(200_000));
  assert.ok(performance.now() - begun < 5_000, `${performance.now() - begun} ms`);
});

test('spans have the colours and styles of 16, 256 and 16 million colours, and end at a reset', () => {
  const shown = (text: string) => spansOf(text).map(({ text: words, style }) => [words, cssOf(style)] as const);
  assert.deepEqual(shown('a\u001B[1;4mb\u001B[0mc'), [
    ['a', null],
    ['b', { 'font-weight': '700', 'text-decoration': 'underline' }],
    ['c', null],
  ]);
  for (const code of ['38;5;196', '38:5:196', '38;2;255;0;0', '38:2::255:0:0', '38:2:255:0:0']) {
    const css = shown(`\u001B[${code};3mx`)[0]?.[1];
    assert.equal(css?.['font-style'], 'italic', code);
    assert.match(css?.['color'] ?? '', /^rgb\(255 \d+ \d+\)$/, code);
  }
  assert.deepEqual(shown('\u001B[48;5;255mx'), [
    ['x', { color: 'rgb(86 87 89)', 'background-color': 'rgb(238 238 238)' }],
  ]);
  assert.deepEqual(shown('\u001B[7mx\u001B[27my'), [
    ['x', { color: 'rgb(13 15 20)', 'background-color': 'rgb(214 217 223)' }],
    ['y', {}],
  ]);
  assert.deepEqual(shown('\u001B[38;5;999;48;2;1mx\u001B[77my'), [
    ['x', null],
    ['y', {}],
  ]);
});

test('text is readable in any colours that a program chooses', () => {
  const byte = fc.nat(255);
  const colour = fc.tuple(byte, byte, byte);
  fc.assert(
    fc.property(colour, colour, (ink, paper) => assert.ok(contrast(readable(ink, paper), paper) >= 4.5)),
    { numRuns: 2_000 },
  );
});

test('all spans together are the plain text, for any codes', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const spans = spansOf(colouredText(text));
      assert.equal(spans.map((span) => span.text).join(''), plainText(text));
      for (const { style } of spans) cssOf(style);
    }),
  );
});
