/** What xev, an X program, prints of the keys that it receives. */

export interface XKey {
  readonly isPress: boolean;
  /** Modifiers held before it, as a mask of X11. */
  readonly state: number;
  readonly keycode: number;
  readonly keysym: number;
  readonly name: string;
  /** Of `XmbLookupString`; empty for releases and keys that type nothing. */
  readonly text: string;
}

const HEAD = /^Key(Press|Release) event/;
const KEY = /^\s+state 0x([0-9a-f]+), keycode (\d+) \(keysym 0x([0-9a-f]+), ([^)]*)\)/;
const TEXT = /^\s+XmbLookupString gives \d+ bytes: \(([0-9a-f ]+)\)/;
/** An input method took it: what it makes of it follows. */
const FILTERED = /^\s+XFilterEvent returns: True/;
/** Ends each event. */
const LAST = 'XFilterEvent returns';

/** An event at the end that isn't complete yet is left out, and so are those that an input method took. */
export function parseXev(output: string): readonly XKey[] {
  return output.split('\n\n').flatMap((paragraph) => {
    const lines = paragraph.replace(/^\n+/, '').split('\n');
    const kind = HEAD.exec(lines[0] ?? '')?.[1];
    const key = lines.map((line) => KEY.exec(line)).find((match) => match !== null);
    const isComplete = lines.some((line) => line.includes(LAST) && /(True|False)$/.test(line));
    if (kind === undefined || !key || !isComplete || lines.some((line) => FILTERED.test(line))) return [];
    const bytes = lines.map((line) => TEXT.exec(line)?.[1]).find((found) => found !== undefined) ?? '';
    return [
      {
        isPress: kind === 'Press',
        state: Number.parseInt(key[1] ?? '0', 16),
        keycode: Number(key[2]),
        keysym: Number.parseInt(key[3] ?? '0', 16),
        name: key[4] ?? '',
        text: Buffer.from(bytes.replaceAll(' ', ''), 'hex').toString(),
      },
    ];
  });
}
