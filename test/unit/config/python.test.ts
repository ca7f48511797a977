import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { PythonError } from '#config/python/error.ts';
import { parsePython } from '#config/python/literal.ts';
import { lineAt, toPlain } from '#config/python/plain.ts';

const read = (text: string) => toPlain(parsePython(text));

function faultOf(text: string, firstLine = 1): PythonError {
  try {
    parsePython(text, firstLine);
  } catch (error) {
    if (error instanceof PythonError) return error;
    throw error;
  }
  return assert.fail(`${text} was read`);
}

test('constants, numbers and strings are read like in Python', () => {
  const examples: [string, unknown][] = [
    ['True', true],
    ['None', null],
    ['-12', -12],
    ['1_000', 1000],
    ['0x1F', 31],
    ['0o17', 15],
    ['0b101', 5],
    ['2.5e-3', 0.0025],
    ['.5', 0.5],
    ['5.', 5],
    ['5 * 60', 300],
    ['2 + 3 * 4 - 1', 13],
    ["'a'", 'a'],
    ['"it\'s"', "it's"],
    ["u'ü'", 'ü'],
    ["r'\\d+'", '\\d+'],
    ["b'\\x41\\u0041'", 'A\\u0041'],
    ["'\\x41\\u00e9\\U0001F600\\101\\t\\\\'", 'Aé😀A\t\\'],
    ["'C:\\Windows'", 'C:\\Windows'],
    ["'one \\\ntwo'", 'one two'],
    ["'''three\n'quoted'\nlines'''", "three\n'quoted'\nlines"],
    ["'one' \"two\"\n  u'three'", 'onetwothree'],
    ["'one' + 'two'", 'onetwo'],
    ['socket.SOCK_STREAM', 'socket.SOCK_STREAM'],
  ];
  for (const [text, value] of examples) assert.deepEqual(read(text), value, text);
});

test('lists, tuples, sets and dictionaries are read, with trailing commas and comments', () => {
  assert.deepEqual(read("[ 1, 'two', ]"), [1, 'two']);
  assert.deepEqual(read('()'), []);
  assert.deepEqual(read('(1,)'), [1]);
  assert.deepEqual(read('(1)'), 1);
  assert.deepEqual(read('1, 2,'), [1, 2]);
  assert.deepEqual(read('{1, 2,}'), [1, 2]);
  assert.deepEqual(read('{}'), {});
  assert.deepEqual(read("[1] + ['a']"), [1, 'a']);
  assert.deepEqual(read("{ 'a': { 1: None, }, # 'b': 2\n 'c' : [\n] , }  # end"), { a: { '1': null }, c: [] });
  assert.deepEqual(read("{'a': 1, 'a': 2}"), { a: 2 });
  assert.deepEqual(Object.keys(Object(read("{'__proto__': 1}"))), ['__proto__']);
});

test('an error is reported with its line, its reason and a fix', () => {
  const examples: [string, number, RegExp, RegExp][] = [
    [
      '{\n  "a": 1\n  "b": 2\n}',
      12,
      /“,” or “}” is missing before "b" \(the bracket was opened on line 10\)/,
      /Add it/,
    ],
    ['[1,\n 2', 11, /“,” or “]” is missing before the end/, /Add it/],
    ["{\n 'a': 'unclosed,\n 'b': 2 }", 11, /text that begins with ' is not closed/, /Add '/],
    ['[\n true ]', 11, /true is a name without a value/, /Python writes True/],
    ['hello', 10, /hello is a name without a value/, /'hello'/],
    ['constructor', 10, /constructor is a name/, /'constructor'/],
    ["{'a': 1, 'b' 2}", 10, /“:” and a value after the key "b"/, /Add it/],
    ['{[]: 1}', 10, /a list cannot be a key/, /text/],
    ['1\ndesktop.zoom: 2', 11, /“desktop.zoom” follows a value that is complete/, /start of its line/],
    ['“curly”', 10, /the character "“" has no meaning/, /straight quote/],
    ["f'{x}'", 10, /not understood/, /nothing is computed/],
    ['', 10, /a value is missing/, /None/],
    ['[,]', 10, /a value is missing before “,”/, /commas/],
    ["'a' + 1", 10, /"a" \+ 1 has no meaning/, /result/],
    ["-'a'", 10, /sign/, /Remove/],
    ['[1}', 10, /“,” or “]” is missing before “}”/, /Add it/],
    ["'\\N{BULLET}'", 10, /by name/, /itself/],
    ["'\\UFFFFFFFF'", 10, /is no character/, /itself/],
    ['1e999', 10, /no number/, /decimal/],
    ["dict(('a', 1))", 10, /dict… is an expression that only Python can compute/, /value itself/],
  ];
  for (const [text, line, message, remedy] of examples) {
    const fault = faultOf(text, 10);
    assert.equal(fault.line, line, text);
    assert.match(fault.message, message);
    assert.match(fault.remedy, remedy);
  }
});

test('excessive nesting is refused and does not crash', () => {
  assert.match(faultOf('['.repeat(100_000)).message, /too deeply/);
  assert.match(faultOf('{1:'.repeat(5000)).message, /too deeply/);
});

test('the line of every part is known', () => {
  const value = parsePython("{\n'a': [\n1,\n2],\n'b': {\n'c': None}}", 5);
  assert.equal(lineAt(value, []), 5);
  assert.equal(lineAt(value, ['a']), 6);
  assert.equal(lineAt(value, ['a', 1]), 8);
  assert.equal(lineAt(value, ['b', 'c']), 10);
  assert.equal(lineAt(value, ['b', 'nothing']), 9);
});

type Plain = null | boolean | number | string | Plain[] | { [key: string]: Plain };

const anyText = fc.string({ unit: 'grapheme', maxLength: 20 });
const { value: anyValue } = fc.letrec<{ value: Plain }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    anyText,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(anyText, tie('value'), { maxKeys: 5, noNullPrototype: true }),
  ),
}));

/** Writes a value in varied notations: both kinds of quotes, comments, trailing commas, line breaks. */
function write(value: Plain, pick: () => number): string {
  const gap = () => ['', ' ', '\n  ', ' # why, {not}\n', '\t'][pick() % 5] ?? '';
  const quoted = (text: string) => {
    const quote = pick() % 2 === 0 ? "'" : '"';
    const escaped = text
      .replaceAll('\\', '\\\\')
      .replaceAll(quote, `\\${quote}`)
      .replaceAll('\n', '\\n')
      .replaceAll('\r', '\\r');
    return `${['', 'u', ''][pick() % 3]}${quote}${escaped}${quote}`;
  };
  const list = (parts: string[]) => parts.join(`${gap()},${gap()}`) + (parts.length > 0 && pick() % 2 === 0 ? ',' : '');
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return Object.is(value, -0) ? '-0.0' : String(value);
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${gap()}${list(value.map((item) => write(item, pick)))}${gap()}]`;
  const entries = Object.entries(value).map(([key, item]) => `${quoted(key)}${gap()}:${gap()}${write(item, pick)}`);
  return `{${gap()}${list(entries)}${gap()}}`;
}

test('any value written as Python is read back unchanged', () => {
  fc.assert(
    fc.property(anyValue, fc.infiniteStream(fc.nat(1000)), (value, stream) => {
      const pick = () => stream.next().value ?? 0;
      assert.deepEqual(read(write(value, pick)), value);
    }),
    { numRuns: 500 },
  );
});

test("any text causes no other error than the reader's own, with an existing line", () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '(',
    ')',
    ',',
    ':',
    '+',
    '-',
    '*',
    "'",
    '"',
    "'''",
    '\\',
    '\n',
    '#',
    ' ',
    '.',
    'e',
    '0x',
    '1',
    'True',
    'None',
    'a.b',
    'u',
    'é',
    '\0',
    '\uD800',
  );
  const soup = fc.oneof(
    fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(soup, (text) => {
      try {
        parsePython(text);
      } catch (error) {
        assert.ok(error instanceof PythonError, String(error));
        assert.ok(error.line >= 1 && error.line <= text.split('\n').length, `line ${error.line}`);
        assert.ok(error.message.length < 300 && error.remedy.length < 300);
      }
    }),
    { numRuns: 1000 },
  );
});

test('the time to read a long text grows only with its length', () => {
  const started = performance.now();
  read(`[${"'x' ".repeat(100_000)}]`);
  faultOf(`[${'1, '.repeat(100_000)}`);
  faultOf(`'${'\\'.repeat(100_001)}`);
  assert.ok(performance.now() - started < 5000);
});
