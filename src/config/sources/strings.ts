/** Environment variables and command-line options: parsed into the values of their settings. */
import { resolve } from 'node:path';
import type { ConfigNote } from '../config.ts';
import type { Given, SourceReading } from '../given.ts';
import { parseJson } from '../../protocol/json.ts';
import { nearest } from '../nearest.ts';
import type { Problem } from '../problems.ts';
import type { Facts } from '../facts.ts';
import { type Key, keyOf, KEYS } from '../settings.ts';

/** Options of the command line; an unused switch is undefined. */
export interface ConfigOptions {
  /** The configuration file. */
  readonly config?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: string | number | undefined;
  readonly data?: string | undefined;
  readonly run?: string | undefined;
  readonly user?: string | undefined;
  readonly engineSocket?: string | undefined;
  readonly engineProcess?: string | undefined;
  readonly baseImage?: string | undefined;
  readonly languages?: string | undefined;
  readonly fonts?: string | undefined;
  readonly roles?: string | undefined;
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
  /** False for `--no-demo`. */
  readonly demo?: boolean | undefined;
  readonly anonymous?: boolean | undefined;
}

export type Variables = Readonly<Record<string, string | undefined>>;

/** The variables that say where the file is; the second is the compatible system's. */
export const FILE_VARIABLES = ['DESKPOD_CONFIG', 'OD_CONFIG_PATH'] as const;

/** Empty variables count as not set. */
export function readVariables(env: Variables): SourceReading {
  const given: Given[] = [];
  const problems: Problem[] = [];
  for (const [key, facts] of KEYS) {
    const text = facts.variable === undefined ? undefined : env[facts.variable];
    if (facts.variable !== undefined && text !== undefined && text !== '') {
      add(given, problems, keyOf(key), facts, facts.variable, text);
    }
  }
  return { given, problems, notes: unknownVariables(env) };
}

export function readOptions(options: ConfigOptions): SourceReading {
  const given: Given[] = [];
  const problems: Problem[] = [];
  const values = new Map<string, string | number | boolean | undefined>(Object.entries(options));
  for (const [key, facts] of KEYS) {
    const value = facts.option === undefined ? undefined : values.get(camel(facts.option));
    if (value === undefined) continue;
    const name = value === false ? `--no-${facts.option}` : `--${facts.option}`;
    add(given, problems, keyOf(key), facts, name, value);
  }
  return { given, problems, notes: [] };
}

function add(
  given: Given[],
  problems: Problem[],
  setting: Key | null,
  facts: Facts,
  name: string,
  raw: string | number | boolean,
): void {
  if (setting === null) return;
  const position = { source: name, line: null };
  const value = typeof raw === 'string' ? fromText(raw, facts.read) : raw;
  if (value === null) {
    problems.push({ ...position, key: '', message: `“${raw}” isn't valid`, remedy: `It takes: ${facts.type}.` });
    return;
  }
  given.push({ setting, value, name: '', position: () => position });
}

/** Null if it can't be read. */
function fromText(text: string, read: Facts['read']): unknown {
  switch (read) {
    case 'text':
      return text;
    case 'path':
      return resolve(text);
    case 'number':
      return /^\s*-?\d+(\.\d+)?\s*$/.test(text) ? Number(text) : null;
    case 'switch':
      return SWITCH.get(text.trim().toLowerCase()) ?? null;
    case 'list':
      return text.split(/[\s,]+/).filter(Boolean);
    case 'json':
      return parseJson(text) ?? null;
    default:
      return read satisfies never;
  }
}

const SWITCH = new Map([
  ...['1', 'true', 'yes', 'on'].map((word) => [word, true] as const),
  ...['0', 'false', 'no', 'off'].map((word) => [word, false] as const),
]);

/** Read by the command line. */
const CLIENT_VARIABLES = ['DESKPOD_SERVER', 'DESKPOD_TOKEN'];

/** Misspelt variables would otherwise go unnoticed. */
function unknownVariables(env: Variables): ConfigNote[] {
  const known = [...KEYS.values()].flatMap(({ variable }) => (variable === undefined ? [] : [variable]));
  const all = [...known, ...FILE_VARIABLES, ...CLIENT_VARIABLES];
  return Object.keys(env).flatMap((name): ConfigNote[] => {
    if (!name.startsWith('DESKPOD_') || name.startsWith('DESKPOD_TEST_') || all.includes(name)) return [];
    const meant = nearest(name, all);
    return [
      { level: 'warning', where: name, key: '', text: `is unknown${meant === null ? '' : `; did you mean ${meant}?`}` },
    ];
  });
}

function camel(option: string): string {
  return option.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
