/**
 * The outer form of od.config: sections of `key: value`, where a value goes on over the lines that are indented more
 * than its key. Reading never stops at a bad line: it is reported and the next key is looked for.
 */

export interface IniEntry {
  readonly section: string;
  readonly key: string;
  /** Line of the key; the value begins on it. */
  readonly line: number;
  /** As written, one line of text for each line of the file. */
  readonly text: string;
}

export interface IniFault {
  readonly line: number;
  readonly message: string;
  readonly remedy: string;
  /** What the line begins with, which may be meant as a key. */
  readonly word: string;
}

export const SECTION = /^\[([^\]'",]*)\]\s*(?:[#;].*)?$/;
/** Of keys that stand for keys. */
const DEEPEST = 10;
const KEY = /^([A-Za-z_][^:='"{[(]*?)\s*[:=](.*)$/;

/** Lines may end in CR LF; a byte order mark is skipped. */
export function readIni(content: string): { entries: IniEntry[]; faults: IniFault[] } {
  const entries: { section: string; key: string; line: number; indent: number; lines: string[] }[] = [];
  const faults: IniFault[] = [];
  let section = '';
  let entry: (typeof entries)[number] | null = null;
  for (const [index, whole] of content
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = index + 1;
    const text = whole.trim();
    const indent = whole.length - whole.trimStart().length;
    if (text === '' || text.startsWith('#') || text.startsWith(';')) {
      // Kept as an empty line, so that the lines of the value stay counted.
      entry?.lines.push('');
      continue;
    }
    if (entry && indent > entry.indent) {
      entry.lines.push(text);
      continue;
    }
    const header = SECTION.exec(text);
    const pair = header ? null : KEY.exec(text);
    if (header) {
      section = header[1]?.trim() ?? '';
      entry = null;
    } else if (pair) {
      entry = { section, key: pair[1] ?? '', line, indent, lines: [pair[2] ?? ''] };
      entries.push(entry);
    } else if (entry && !/^[\p{L}_/]/u.test(text)) {
      // A closing bracket or a part of the value at the margin, which a stricter reader would refuse.
      entry.lines.push(text);
    } else {
      entry = null;
      faults.push({
        line,
        message: `“${text.slice(0, 60)}” is no key with a value`,
        remedy: 'Write it as “key: value”.',
        word: /^[\w.-]+/.exec(text)?.[0] ?? '',
      });
    }
  }
  const raw = entries.map(({ section, key, line, lines }) => ({
    section,
    key,
    line,
    text: lines.join('\n').trimEnd(),
  }));
  return { entries: raw.map((each) => ({ ...each, text: interpolated(each, raw) })), faults };
}

/** `%(key)s` stands for what another key of the section has, and a percent sign is written twice. */
function interpolated(entry: IniEntry, all: readonly IniEntry[], depth = 0): string {
  return entry.text.replaceAll(/%%|%\(([^)]*)\)s/g, (written, key: string | undefined) => {
    if (key === undefined) return '%';
    const other = all.findLast((each) => each.key === key && [entry.section, 'DEFAULT'].includes(each.section));
    return other === undefined || depth >= DEEPEST ? written : interpolated(other, all, depth + 1);
  });
}
