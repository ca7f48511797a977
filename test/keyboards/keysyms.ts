/** X11 keysyms by name, with the characters they stand for, from keysymdef.h of Debian's x11proto-dev. */
import { readFile } from 'node:fs/promises';

const KEYSYMDEF = '/usr/include/X11/keysymdef.h';
const LINE = /^#define XK_(\w+)\s+0x([0-9a-f]+)(?:\s+\/\*[ (]*U\+([0-9A-F]{4,6}))?/;
/** Keysyms in this range are Unicode code points. */
const UNICODE = 0x0100_0000;

export interface Keysyms {
  /** The character of a name such as `adiaeresis` or `U1E9E`; null if it stands for none, as `dead_acute` does. */
  characterOf(name: string): string | null;
  /** The character of a keysym; null if it stands for none. */
  characterOfValue(keysym: number): string | null;
}

export async function readKeysyms(): Promise<Keysyms> {
  const values = new Map<string, number>();
  const characters = new Map<number, string>();
  for (const line of (await readFile(KEYSYMDEF, 'utf8')).split('\n')) {
    const [, name, hex, code] = LINE.exec(line) ?? [];
    if (name === undefined || hex === undefined) continue;
    const value = Number.parseInt(hex, 16);
    values.set(name, value);
    if (code !== undefined && !characters.has(value))
      characters.set(value, String.fromCodePoint(Number.parseInt(code, 16)));
  }
  return {
    characterOf: (name) => {
      const known = characters.get(values.get(name) ?? 0);
      if (known !== undefined) return known;
      const code = /^U([0-9A-Fa-f]{4,6})$/.exec(name)?.[1] ?? /^0x100([0-9A-Fa-f]{4,5})$/.exec(name)?.[1];
      return code === undefined ? null : String.fromCodePoint(Number.parseInt(code, 16));
    },
    characterOfValue: (keysym) =>
      keysym >= UNICODE ? String.fromCodePoint(keysym - UNICODE) : (characters.get(keysym) ?? null),
  };
}
