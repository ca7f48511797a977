/**
 * Python literals, as configuration files of the compatible system have them: text, numbers, True, False, None, lists,
 * tuples, sets, dictionaries, sums and products of them, names with a dot such as `socket.SOCK_STREAM`. Every value
 * remembers its line.
 */
import { PythonError } from './error.ts';
import { type Token, tokenize } from './tokens.ts';

export type PythonValue = { readonly line: number } & (
  | { readonly type: 'none' }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  /** A name of some Python module, which has no value here. */
  | { readonly type: 'name'; readonly value: string }
  | { readonly type: 'list' | 'tuple' | 'set'; readonly items: readonly PythonValue[] }
  | { readonly type: 'dict'; readonly entries: readonly PythonEntry[] }
);

export interface PythonEntry {
  readonly key: PythonValue;
  readonly value: PythonValue;
}

/** Deeper ones are refused: no configuration needs it, and the stack has an end. */
const DEEPEST = 100;

/** Reads one value from the whole text. Throws `PythonError` and nothing else. */
export function parsePython(text: string, firstLine = 1): PythonValue {
  return new Parser(tokenize(text, firstLine)).whole();
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #end: Token;
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
    this.#end = { kind: 'end', line: tokens.at(-1)?.line ?? 1 };
  }

  whole(): PythonValue {
    const first = this.#token();
    const value = this.#sum();
    const result = this.#isSign(',') ? this.#rest(value, first.line) : value;
    const after = this.#token();
    if (after.kind === 'end') return result;
    const remedy =
      after.kind === 'name'
        ? 'A key of its own begins at the very start of its line.'
        : 'Check commas, quotes and brackets before it.';
    throw new PythonError(after.line, `${shown(after)} follows a value that is complete`, remedy);
  }

  /** `1, 2` without brackets is a tuple. */
  #rest(first: PythonValue, line: number): PythonValue {
    const items = [first];
    while (this.#skip(',') && this.#token().kind !== 'end') items.push(this.#sum());
    return { type: 'tuple', items, line };
  }

  #sum(): PythonValue {
    let left = this.#product();
    for (let sign = this.#anySign('+', '-'); sign !== null; sign = this.#anySign('+', '-')) {
      left = combine(left, sign, this.#product());
    }
    return left;
  }

  #product(): PythonValue {
    let left = this.#signed();
    while (this.#skip('*')) left = combine(left, '*', this.#signed());
    return left;
  }

  #signed(): PythonValue {
    const { line } = this.#token();
    let factor: number | null = null;
    for (let sign = this.#anySign('+', '-'); sign !== null; sign = this.#anySign('+', '-')) {
      factor = (factor ?? 1) * (sign === '-' ? -1 : 1);
    }
    const value = this.#atom();
    if (factor === null) return value;
    if (value.type !== 'number')
      throw new PythonError(line, 'a sign stands before what is no number', 'Remove the sign.');
    return { type: 'number', value: factor * value.value, line };
  }

  #atom(): PythonValue {
    const token = this.#token();
    switch (token.kind) {
      case 'number':
        this.#at += 1;
        return { type: 'number', value: token.value, line: token.line };
      case 'string':
        return { type: 'string', value: this.#strings(), line: token.line };
      case 'name':
        this.#at += 1;
        if (this.#isSign('[') || this.#isSign('(')) throw computed(token.text, token.line);
        return named(token.text, token.line);
      case 'sign':
        return this.#bracketed(token);
      case 'end':
        throw new PythonError(token.line, 'a value is missing', 'Write one, or None.');
      default:
        return token satisfies never;
    }
  }

  /** Neighbouring texts are one. */
  #strings(): string {
    const parts: string[] = [];
    for (let token = this.#token(); token.kind === 'string'; token = this.#token()) {
      parts.push(token.value);
      this.#at += 1;
    }
    return parts.join('');
  }

  #bracketed(open: Token & { kind: 'sign' }): PythonValue {
    const { line } = open;
    const close = CLOSING[open.text];
    if (close === undefined) {
      throw new PythonError(
        line,
        `a value is missing before ${shown(open)}`,
        'Check commas, quotes and brackets before it.',
      );
    }
    if (this.#depth >= DEEPEST)
      throw new PythonError(line, 'the value is nested too deeply', `Stay within ${DEEPEST} levels.`);
    this.#at += 1;
    this.#depth += 1;
    const value = open.text === '{' ? this.#braces(line) : this.#items(close, line);
    this.#depth -= 1;
    return value;
  }

  #items(close: string, line: number): PythonValue {
    const items: PythonValue[] = [];
    while (!this.#skip(close)) {
      items.push(this.#sum());
      const comma = this.#comma(close, line);
      // In round brackets a single value without a comma is just that value.
      if (close === ')' && items.length === 1 && !comma && items[0]) return items[0];
      if (!comma) break;
    }
    return { type: close === ']' ? 'list' : 'tuple', items, line };
  }

  #braces(line: number): PythonValue {
    if (this.#skip('}')) return { type: 'dict', entries: [], line };
    const first = this.#sum();
    return this.#isSign(':') ? this.#dict(first, line) : this.#set(first, line);
  }

  #dict(first: PythonValue, line: number): PythonValue {
    const entries: PythonEntry[] = [];
    let key = first;
    for (;;) {
      if (!this.#skip(':')) throw this.#expected(`“:” and a value after the key ${describe(key)}`, line);
      if (!('value' in key) && key.type !== 'none' && key.type !== 'tuple') {
        throw new PythonError(key.line, `a ${key.type} cannot be a key`, 'Use text as the key.');
      }
      entries.push({ key, value: this.#sum() });
      if (!this.#comma('}', line) || this.#skip('}')) return { type: 'dict', entries, line };
      key = this.#sum();
    }
  }

  #set(first: PythonValue, line: number): PythonValue {
    const items = [first];
    while (this.#comma('}', line) && !this.#skip('}')) items.push(this.#sum());
    return { type: 'set', items, line };
  }

  /** True after a comma; false after the closing bracket, which is consumed, too. */
  #comma(close: string, openedOn: number): boolean {
    if (this.#skip(',')) return true;
    if (this.#skip(close)) return false;
    throw this.#expected(`“,” or “${close}”`, openedOn);
  }

  #expected(what: string, openedOn: number): PythonError {
    const token = this.#token();
    const opened = token.line === openedOn ? '' : ` (the bracket was opened on line ${openedOn})`;
    return new PythonError(token.line, `${what} is missing before ${shown(token)}${opened}`, 'Add it.');
  }

  #token(): Token {
    return this.#tokens[this.#at] ?? this.#end;
  }

  #isSign(text: string): boolean {
    const token = this.#token();
    return token.kind === 'sign' && token.text === text;
  }

  #skip(text: string): boolean {
    if (!this.#isSign(text)) return false;
    this.#at += 1;
    return true;
  }

  #anySign<T extends string>(...texts: T[]): T | null {
    return texts.find((text) => this.#skip(text)) ?? null;
  }
}

const CLOSING: Readonly<Record<string, string>> = { '{': '}', '[': ']', '(': ')' };

const MEANT = new Map([
  ['true', 'True'],
  ['yes', 'True'],
  ['on', 'True'],
  ['false', 'False'],
  ['no', 'False'],
  ['off', 'False'],
  ['none', 'None'],
  ['null', 'None'],
]);

function computed(text: string, line: number): PythonError {
  return new PythonError(
    line,
    `${text.slice(0, 60)}… is an expression that only Python can compute`,
    'Write the value itself.',
  );
}

function named(text: string, line: number): PythonValue {
  if (text === 'True' || text === 'False') return { type: 'bool', value: text === 'True', line };
  if (text === 'None') return { type: 'none', line };
  if (text.includes('.')) return { type: 'name', value: text, line };
  const meant = MEANT.get(text.toLowerCase());
  throw new PythonError(
    line,
    `${text.slice(0, 60)} is a name without a value`,
    meant === undefined ? `If it is text, put it in quotes: '${text.slice(0, 60)}'.` : `Python writes ${meant}.`,
  );
}

function combine(left: PythonValue, sign: '+' | '-' | '*', right: PythonValue): PythonValue {
  const { line } = left;
  if (left.type === 'number' && right.type === 'number') {
    const value = { '+': left.value + right.value, '-': left.value - right.value, '*': left.value * right.value }[sign];
    if (Number.isFinite(value)) return { type: 'number', value, line };
  }
  if (sign === '+' && left.type === 'string' && right.type === 'string') {
    return { type: 'string', value: left.value + right.value, line };
  }
  if (sign === '+' && left.type === right.type && 'items' in left && 'items' in right && left.type !== 'set') {
    return { type: left.type, items: [...left.items, ...right.items], line };
  }
  throw new PythonError(
    right.line,
    `${describe(left)} ${sign} ${describe(right)} has no meaning`,
    'Write the result itself.',
  );
}

function describe(value: PythonValue): string {
  return 'value' in value ? JSON.stringify(value.value).slice(0, 60) : `a ${value.type}`;
}

function shown(token: Token): string {
  switch (token.kind) {
    case 'end':
      return 'the end';
    case 'string':
      return JSON.stringify(token.value.slice(0, 40));
    case 'number':
      return String(token.value);
    case 'name':
    case 'sign':
      return `“${token.text.slice(0, 40)}”`;
    default:
      return token satisfies never;
  }
}
