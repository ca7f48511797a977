/**
 * od.config of the compatible system: what is acted on becomes settings, the rest is accepted and listed. What cannot be
 * read prevents a start only where ignoring it would be dangerous: who may log in, who may call, what apps may use.
 */
import type { ConfigNote } from '../config.ts';
import type { Given, SourceReading } from '../given.ts';
import { nearest } from '../nearest.ts';
import { KEYS, Settings } from '../settings.ts';
import { positionText, type Problem } from '../problems.ts';
import { PythonError } from '../python/error.ts';
import { parsePython, type PythonValue } from '../python/literal.ts';
import { lineAt, toPlain } from '../python/plain.ts';
import { type IniEntry, readIni, SECTION } from './ini.ts';
import { UNUSED } from './known.ts';
import { type Elsewhere, isElsewhere, type Rule } from './rule.ts';
import { REFUSING, RULES } from './rules.ts';

/** `source` is the file's name for people. */
export function readOdConfig(content: string, source: string): SourceReading {
  const { entries, faults } = readIni(content);
  const given: Given[] = [];
  const notes: ConfigNote[] = [];
  const problems: Problem[] = [];
  const warn = ({ key, line, message }: Problem): number =>
    notes.push({ level: 'warning', where: positionText({ source, line }), key, text: `${message}: not used` });
  for (const fault of faults) {
    const problem = { source, key: '', ...fault };
    if (REFUSING.has(fault.word)) problems.push(problem);
    else warn(problem);
  }
  const malformed: Problem[] = [];
  const values = new Map<IniEntry, PythonValue | null>();
  for (const entry of entries) values.set(entry, parse(entry, source, malformed));
  const file = new KeysOfFile(values);

  const first = new Map<string, number>();
  const unused: (() => void)[] = [];
  for (const entry of entries) {
    const value = values.get(entry) ?? null;
    const note = (level: ConfigNote['level'], text: string, key = entry.key, line = entry.line) =>
      notes.push({ level, where: positionText({ source, line }), key, text });
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
  for (const problem of malformed) {
    if (REFUSING.has(problem.key) || file.wasAskedFor(problem.key)) problems.push(problem);
    else warn(problem);
  }
  return { given, problems: problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)), notes };
}

/** What the keys of the file say, for rules that join several; remembers which were asked for. */
class KeysOfFile {
  readonly #values = new Map<string, PythonValue>();
  readonly #asked = new Set<string>();

  constructor(values: ReadonlyMap<IniEntry, PythonValue | null>) {
    for (const [entry, value] of values) if (isGlobal(entry) && value !== null) this.#values.set(entry.key, value);
  }

  read(key: string): unknown {
    this.#asked.add(key);
    const value = this.#values.get(key);
    return value === undefined ? undefined : toPlain(value);
  }

  /** Whether another key refers to it. */
  wasAskedFor(key: string): boolean {
    return this.#asked.has(key);
  }

  isUsed(entry: IniEntry): boolean {
    return isGlobal(entry) && this.#asked.has(entry.key);
  }

  lineAt({ key, path }: Elsewhere): number | null {
    const value = this.#values.get(key);
    return value === undefined ? null : lineAt(value, path);
  }
}

function isGlobal({ section }: Pick<IniEntry, 'section'>): boolean {
  return section === 'global' || section === 'DEFAULT' || section === '';
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
  const lineOf = (path: readonly PropertyKey[] | Elsewhere) =>
    isElsewhere(path) ? (file.lineAt(path) ?? entry.line) : lineAt(value, path);
  if (value.type === 'none' && REFUSING.has(key) && key !== 'authmanagers') {
    note('unused', 'is None, as if it were not there');
    return [];
  }
  const result = rule(toPlain(value), (other) => file.read(other));
  if (!('mapped' in result)) {
    for (const { key: at = key, path, message, remedy = AS_THE_ORIGINAL } of result) {
      const line = lineOf(at === key ? path : { key: at, path });
      if (REFUSING.has(key)) problems.push({ source, line, key: [at, ...path].join('.'), message, remedy });
      else note('warning', `${words(message)}: not used`, [at, ...path].join('.'), line);
    }
    return [];
  }
  for (const each of result.notes ?? []) {
    if (typeof each === 'string') note('unused', each);
    else note('unused', each.text, each.key, lineOf(each));
  }
  return result.mapped.flatMap(({ setting, value: mapped, from = (path) => path }): Given[] => {
    const whole = from([]);
    const [issue] = REFUSING.has(key) ? [] : (Settings.shape[setting].safeParse(mapped).error?.issues ?? []);
    if (issue !== undefined) {
      note('warning', `${words(issue.message)}: not used`, [key, ...issue.path].join('.'), lineOf(from(issue.path)));
      return [];
    }
    const position: Given['position'] = (path) => ({ source, line: lineOf(from(path)) });
    return [{ setting, value: mapped, name: isElsewhere(whole) ? whole.key : key, position }];
  });
}

function words(message: string): string {
  return message.replace(/^Invalid input: /, '').replace(/\.$/, '');
}

/** Whether a file is of this form: it begins with a section, or has keys that only it has. */
export function looksLikeOdConfig(content: string): boolean {
  const lines = content.replace(/^\uFEFF/, '').split(/\r?\n/);
  const first = lines.map((line) => line.trim()).find((line) => line !== '' && !/^[#;]/.test(line));
  if (first !== undefined && SECTION.test(first)) return true;
  const keys = lines.flatMap((line) => /^([A-Za-z_][\w.-]*)\s*[:=]/.exec(line)?.[1] ?? []);
  return keys.some((key) => (RULES.has(key) || UNUSED.has(key)) && !KEYS.has(key) && !TOP_LEVEL.has(key));
}

/** What a configuration file of ours has at its margin. */
const TOP_LEVEL = new Set([...KEYS.keys()].map((key) => key.split('.')[0] ?? key));

function unknownText({ section, key }: IniEntry): string {
  if (!isGlobal({ section })) return `section [${section}] is not used`;
  const meant = nearest(key, [...RULES.keys(), ...UNUSED.keys()]);
  return meant === null ? 'is not known and not used' : `is not known and not used; ${meant} is`;
}
