/** Cuts Python text into tokens. Comments, line ends and indentation mean nothing between them. */
import { PythonError } from './error.ts';
import { readString } from './strings.ts';

export type Token = { readonly line: number } & (
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'name'; readonly text: string }
  | { readonly kind: 'sign'; readonly text: string }
  | { readonly kind: 'end' }
);

const SPACE = /(?:[ \t\f\r\n\uFEFF]|\\\r?\n|#[^\n]*)+/y;
const STRING_START = /([A-Za-z]{0,2})('''|"""|'|")/y;
const NUMBER = /0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?/y;
const NAME = /[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*/uy;
const SIGN = /[{}[\](),:+*-]/y;

/** Every round consumes at least one character or throws, so the work is bounded by the length of the text. */
export function tokenize(text: string, firstLine: number): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let line = firstLine;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) at = pattern.lastIndex;
    return match;
  };
  for (;;) {
    line += newlines(take(SPACE)?.[0] ?? '');
    if (at >= text.length) break;
    const start = at;
    const open = take(STRING_START);
    if (open) {
      const read = readString(text, at, line, { prefix: open[1] ?? '', quote: open[2] ?? '' });
      tokens.push({ kind: 'string', value: read.value, line });
      at = read.end;
      line += newlines(text.slice(start, at));
      continue;
    }
    const number = take(NUMBER)?.[0];
    const name = number === undefined ? take(NAME)?.[0] : undefined;
    const sign = number === undefined && name === undefined ? take(SIGN)?.[0] : undefined;
    if (number !== undefined) tokens.push({ kind: 'number', value: toNumber(number, line), line });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name, line });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign, line });
    else throw strangeCharacter(text, at, line);
  }
  tokens.push({ kind: 'end', line });
  return tokens;
}

function toNumber(text: string, line: number): number {
  const value = Number(text.replaceAll('_', ''));
  if (Number.isFinite(value)) return value;
  throw new PythonError(line, `${text.slice(0, 20)} is no number`, 'Write it as a decimal number.');
}

function strangeCharacter(text: string, at: number, line: number): PythonError {
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  const curly = '“”„‘’‚'.includes(character);
  return new PythonError(
    line,
    `the character ${JSON.stringify(character)} has no meaning here`,
    curly ? `Replace it by a straight quote, ' or ".` : 'Remove it, or put the text in quotes.',
  );
}

function newlines(text: string): number {
  let count = 0;
  for (const character of text) if (character === '\n') count += 1;
  return count;
}
