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
import { type Rule, RULES } from './rules.ts';

/** `source` is the file's name for people. */
export function readOdConfig(content: string, source: string): SourceReading {
  const { entries, faults } = readIni(content);
  const given: Given[] = [];
  const notes: ConfigNote[] = [];
  const problems: Problem[] = faults.map((fault) => ({ source, key: '', ...fault }));
  const first = new Map<string, number>();

  for (const entry of entries) {
    const value = parse(entry, source, problems);
    const note = (level: ConfigNote['level'], text: string) =>
      notes.push({ level, where: placeText({ source, line: entry.line }), key: entry.key, text });
    const before = first.get(`${entry.section} ${entry.key}`);
    if (before !== undefined) note('warning', `is given on line ${before}, too: the last one counts`);
    first.set(`${entry.section} ${entry.key}`, entry.line);
    if (value === null) continue;
    const rule = entry.section === 'global' || entry.section === '' ? RULES.get(entry.key) : undefined;
    if (rule) given.push(...applyRule(rule, entry, value, { source, problems, note }));
    else note('unused', UNUSED.get(entry.key) ?? unknownText(entry));
  }
  return { given, problems, notes };
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

interface Sink {
  readonly source: string;
  readonly problems: Problem[];
  readonly note: (level: ConfigNote['level'], text: string) => void;
}

function applyRule(rule: Rule, { key }: IniEntry, value: PythonValue, { source, problems, note }: Sink): Given[] {
  const result = rule(toPlain(value));
  if (!('mapped' in result)) {
    for (const issue of result) {
      problems.push({
        source,
        line: lineAt(value, issue.path),
        key: [key, ...issue.path].join('.'),
        message: issue.message,
        remedy: 'Give it the form that the comments of the original od.config show.',
      });
    }
    return [];
  }
  for (const text of result.notes ?? []) note('unused', text);
  return result.mapped.map(({ setting, value: mapped, from = (path) => path }) => ({
    setting,
    value: mapped,
    name: key,
    place: (path) => ({ source, line: lineAt(value, from(path)) }),
  }));
}

function unknownText({ section, key }: IniEntry): string {
  if (section !== 'global' && section !== '') return `section [${section}] is not used`;
  const meant = nearest(key, [...RULES.keys(), ...UNUSED.keys()]);
  return meant === null ? 'is not known and not used' : `is not known and not used; ${meant} is`;
}
