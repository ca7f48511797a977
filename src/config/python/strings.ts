/** Python string literals: single, double and triple quotes, with the escapes of Python 3. */
import { PythonError } from './error.ts';

interface Opening {
  /** Letters before the quote: `u`, `r`, `b`, `rb` in any case. */
  readonly prefix: string;
  readonly quote: string;
}

const SIMPLE: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** `from` is just after the opening quote, `line` its line. `end` is just after the closing one. */
export function readString(text: string, from: number, line: number, opening: Opening): { value: string; end: number } {
  const { quote } = opening;
  const prefix = opening.prefix.toLowerCase();
  if (!['', 'u', 'r', 'b', 'br', 'rb'].includes(prefix)) {
    const remedy = prefix.includes('f')
      ? 'Write the text itself: nothing is computed here.'
      : 'Leave these letters out.';
    throw new PythonError(line, `${opening.prefix}${quote}… is a kind of text that is not understood`, remedy);
  }
  const raw = prefix.includes('r');
  const escapes = prefix.includes('b') ? BYTES_ESCAPE : TEXT_ESCAPE;
  let value = '';
  let at = from;
  while (at < text.length) {
    if (text.startsWith(quote, at)) return { value, end: at + quote.length };
    const character = text.charAt(at);
    if (character === '\n' && quote.length === 1) break;
    if (character === '\\' && raw) {
      value += text.slice(at, at + 2);
      at += 2;
    } else if (character === '\\') {
      const escape = readEscape(text, at, line, escapes);
      value += escape.value;
      at = escape.end;
    } else {
      value += character;
      at += 1;
    }
  }
  throw new PythonError(line, `the text that begins with ${quote} is not closed`, `Add ${quote} at its end.`);
}

const TEXT_ESCAPE = /[0-7]{1,3}|x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}/y;
const BYTES_ESCAPE = /[0-7]{1,3}|x[\da-fA-F]{2}/y;

function readEscape(text: string, at: number, line: number, escapes: RegExp): { value: string; end: number } {
  const next = text.charAt(at + 1);
  const simple = SIMPLE[next];
  if (simple !== undefined) return { value: simple, end: at + 2 };
  escapes.lastIndex = at + 1;
  const code = escapes.exec(text)?.[0];
  if (code === undefined) {
    if (next === 'N')
      throw new PythonError(line, 'a character is given by name, \\N{…}', 'Write the character itself.');
    // Python keeps the backslash of what it does not know, as in 'C:\Windows'.
    return { value: `\\${next}`, end: at + 2 };
  }
  const octal = /^[0-7]/.test(code);
  const point = octal ? Number.parseInt(code, 8) : Number.parseInt(code.slice(1), 16);
  if (point > 0x10_ff_ff) throw new PythonError(line, `\\${code} is no character`, 'Write the character itself.');
  return { value: String.fromCodePoint(point), end: at + 1 + code.length };
}
