/** od.config of the compatible system: what is acted on becomes settings, the rest is accepted and listed. */
import type { ConfigNote } from '../config.ts';
import type { Given, SourceReading } from '../given.ts';
import { nearest } from '../nearest.ts';
import { placeText, type Problem } from '../problems.ts';
import { PythonError } from '../python/error.ts';
import { parsePython, type PythonValue } from '../python/literal.ts';
import { lineAt, toPlain } from '../python/plain.ts';
import { type IniEntry, readIni } from './ini.ts';
import { UNUSED } from './known.ts';
import { type Elsewhere, isElsewhere, type Rule } from './rule.ts';
import { RULES } from './rules.ts';

/** `source` is the file's name for people. */
export function readOdConfig(content: string, source: string): SourceReading {
  const { entries, faults } = readIni(content);
  const given: Given[] = [];
  const notes: ConfigNote[] = [];
  const problems: Problem[] = faults.map((fault) => ({ source, key: '', ...fault }));
  const values = new Map<IniEntry, PythonValue | null>();
  for (const entry of entries) values.set(entry, parse(entry, source, problems));
  const file = new KeysOfFile(values);

  const first = new Map<string, number>();
  const unused: (() => void)[] = [];
  for (const entry of entries) {
    const value = values.get(entry) ?? null;
    const note = (level: ConfigNote['level'], text: string, key = entry.key, line = entry.line) =>
      notes.push({ level, where: placeText({ source, line }), key, text });
    const before = first.get(`${entry.section} ${entry.key}`);
    if (before !== undefined) note('warning', `is given on line ${before}, too: the last one counts`);
    first.set(`${entry.section} ${entry.key}`, entry.line);
    if (value === null) continue;
    const rule = isGlobal(entry) ? RULES.get(entry.key) : undefined;
    if (rule) given.push(...applyRule(rule, entry, value, { source, problems, note, file }));
    // Whether another key refers to it is known at the end.
    else unused.push(() => file.isUsed(entry) || note('unused', UNUSED.get(entry.key) ?? unknownText(entry)));
  }
  for (const tell of unused) tell();
  return { given, problems: problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)), notes };
}

/** What the keys of the file say, for rules that join several; remembers which were asked for. */
class KeysOfFile {
  readonly #values = new Map<string, PythonValue>();
  readonly #used = new Set<string>();

  constructor(values: ReadonlyMap<IniEntry, PythonValue | null>) {
    for (const [entry, value] of values) if (isGlobal(entry) && value !== null) this.#values.set(entry.key, value);
  }

  read(key: string): unknown {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    this.#used.add(key);
    return toPlain(value);
  }

  isUsed(entry: IniEntry): boolean {
    return isGlobal(entry) && this.#used.has(entry.key);
  }

  lineAt({ key, path }: Elsewhere): number | null {
    const value = this.#values.get(key);
    return value === undefined ? null : lineAt(value, path);
  }
}

function isGlobal({ section }: IniEntry): boolean {
  return section === 'global' || section === '';
}

function parse(entry: IniEntry, source: string, problems: Problem[]): PythonValue | null {
  try {
    return parsePython(entry.text, entry.line);
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    problems.push({ source, line: error.line, key: entry.key, message: error.message, remedy: error.remedy });
    return null;
  }
}

const AS_THE_ORIGINAL = 'Give it the form that the comments of the original od.config show.';

interface Sink {
  readonly source: string;
  readonly problems: Problem[];
  readonly note: (level: ConfigNote['level'], text: string, key?: string, line?: number) => void;
  readonly file: KeysOfFile;
}

function applyRule(rule: Rule, entry: IniEntry, value: PythonValue, { source, problems, note, file }: Sink): Given[] {
  const { key } = entry;
  const lineOf = (place: readonly PropertyKey[] | Elsewhere) =>
    isElsewhere(place) ? (file.lineAt(place) ?? entry.line) : lineAt(value, place);
  const result = rule(toPlain(value), (other) => file.read(other));
  if (!('mapped' in result)) {
    for (const { key: at = key, path, message, remedy = AS_THE_ORIGINAL } of result) {
      const line = lineOf(at === key ? path : { key: at, path });
      problems.push({ source, line, key: [at, ...path].join('.'), message, remedy });
    }
    return [];
  }
  for (const each of result.notes ?? []) {
    if (typeof each === 'string') note('unused', each);
    else note('unused', each.text, each.key, lineOf(each));
  }
  return result.mapped.map(({ setting, value: mapped, from = (path) => path }) => {
    const whole = from([]);
    return {
      setting,
      value: mapped,
      name: isElsewhere(whole) ? whole.key : key,
      place: (path) => ({ source, line: lineOf(from(path)) }),
    };
  });
}

function unknownText({ section, key }: IniEntry): string {
  if (section !== 'global' && section !== '') return `section [${section}] is not used`;
  const meant = nearest(key, [...RULES.keys(), ...UNUSED.keys()]);
  return meant === null ? 'is not known and not used' : `is not known and not used; ${meant} is`;
}
