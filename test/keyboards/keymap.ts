/** What a layout means: the keysyms of each printable position, from Debian's xkb-data, compiled by xkbcli. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { XkbLayout } from './layouts.ts';

/** Names of the keysyms without modifiers, with Shift, with AltGr, and with both; an absent one is `NoSymbol`. */
export type Levels = readonly string[];

/** By `KeyboardEvent.code`. */
export type Keymap = ReadonlyMap<string, Levels>;

/** The `code` of each XKB key name that prints, on PC keyboards of 101 to 107 keys. */
const CODES: ReadonlyMap<string, string> = new Map([
  ...row('TLDE', ['Backquote']),
  ...row('AE', [...Array.from({ length: 10 }, (_, at) => `Digit${(at + 1) % 10}`), 'Minus', 'Equal', 'IntlYen']),
  ...row('AD', [...letters('QWERTYUIOP'), 'BracketLeft', 'BracketRight']),
  ...row('AC', [...letters('ASDFGHJKL'), 'Semicolon', 'Quote']),
  ...row('BKSL', ['Backslash']),
  ...row('LSGT', ['IntlBackslash']),
  ...row('AB', [...letters('ZXCVBNM'), 'Comma', 'Period', 'Slash', 'IntlRo']),
  ...row('SPCE', ['Space']),
]);
const KEY = /key <(\w+)>\s*\{([^}]*)\}/g;
/** After `symbols[Group1]=`, or alone. */
const SYMBOLS = /(?:symbols\[Group1\]\s*=\s*|^\s*)\[([^\]]*)\]/;
const TIMEOUT_MS = 30_000;

/** Runs `xkbcli compile-keymap`; throws what it says if there is no such layout. */
export async function keymapOf({ layout, variant, model }: XkbLayout): Promise<Keymap> {
  const options = ['--rules', 'evdev', '--layout', layout, '--variant', variant, '--model', model];
  const { stdout } = await promisify(execFile)('xkbcli', ['compile-keymap', ...options], { timeout: TIMEOUT_MS });
  return parseKeymap(stdout);
}

/** The printable positions of a keymap in XKB's text format. */
export function parseKeymap(text: string): Keymap {
  const keymap = new Map<string, Levels>();
  for (const [, name = '', body = ''] of text.slice(text.indexOf('xkb_symbols')).matchAll(KEY)) {
    const code = CODES.get(name);
    const symbols = SYMBOLS.exec(body)?.[1];
    if (code === undefined || symbols === undefined) continue;
    keymap.set(
      code,
      symbols.split(',').map((symbol) => symbol.trim()),
    );
  }
  return keymap;
}

function row(name: string, codes: readonly string[]): [string, string][] {
  const isRow = name.length === 2;
  return codes.map((code, at) => [isRow ? `${name}${String(at + 1).padStart(2, '0')}` : name, code]);
}

function letters(text: string): string[] {
  return Array.from(text, (letter) => `Key${letter}`);
}
