/** Loads the configuration: defaults, then the file, then variables, then options; later ones win. All errors at once. */
import { access, constants, readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { messageOf } from '#domain/errors.ts';
import { decodeText, EncodingError } from '../protocol/decode-text.ts';
import { buildConfig } from './build.ts';
import type { Config, LoadedConfig } from './config.ts';
import type { Given, SourceReading } from './given.ts';
import { LDAP_KEYS } from './ldap-settings.ts';
import { nearest } from './nearest.ts';
import { looksLikeOdConfig, readOdConfig } from './od/read.ts';
import { ConfigError, type Problem } from './problems.ts';
import { type Key, KEYS, keyOf, Settings, type Values } from './settings.ts';
import { type ConfigOptions, type Variables, FILE_VARIABLES, readOptions, readVariables } from './sources/strings.ts';
import { readYaml } from './sources/yaml.ts';

export const DEFAULT_FILE = '/etc/deskpod/config.yaml';

export interface LoadOptions {
  readonly options?: ConfigOptions;
  /** Default: `process.env`. */
  readonly env?: Variables;
  /** The file to read if neither an option nor a variable names one; may not exist. Null: none. */
  readonly defaultFile?: string | null;
}

/** Throws `ConfigError` with all errors. */
export async function loadConfig({
  options = {},
  env = process.env,
  defaultFile = DEFAULT_FILE,
}: LoadOptions = {}): Promise<LoadedConfig> {
  const file = await readFileSource(options, env, defaultFile);
  const readings = [file.reading, readVariables(env), readOptions(options)];
  const given = new Map<Key, Given>();
  for (const reading of readings) for (const each of reading.given) given.set(each.setting, each);
  const problems = readings.flatMap((reading) => reading.problems);

  const { values, faulty, faults } = parseSettings(given);
  problems.push(...faults);
  const built = buildConfig(values, (key) => given.get(key)?.position([]) ?? null);
  // Checks that involve a faulty value mean nothing.
  const sound = built.problems.filter(({ key }) => !faulty.some((bad) => group(bad) === group(key)));
  problems.push(...sound, ...(await unreadableFiles(built.config, given)));
  if (problems.length > 0) throw new ConfigError(inOrder(problems));
  const notes = [...readings.flatMap((reading) => reading.notes), ...built.notes];
  return { config: built.config, secrets: built.secrets, notes, file: file.path };
}

/** The values of all settings, with defaults for the faulty ones. */
function parseSettings(given: ReadonlyMap<Key, Given>): { values: Values; faulty: string[]; faults: Problem[] } {
  const raw = new Map<string, unknown>([...given].map(([key, { value }]) => [key, value]));
  const parsed = Settings.safeParse(Object.fromEntries(raw));
  if (parsed.success) return { values: parsed.data, faulty: [], faults: [] };
  const faulty = parsed.error.issues.map((issue) => String(issue.path[0]));
  for (const key of faulty) raw.delete(key);
  const faults = parsed.error.issues.flatMap((issue) => problemsOf(issue, given));
  return { values: Settings.parse(Object.fromEntries(raw)), faulty, faults };
}

function group(key: string): string {
  return key.slice(0, key.includes('.') ? key.indexOf('.') : key.length);
}

interface FileSource {
  readonly path: string | null;
  readonly reading: SourceReading;
}

const NOTHING: SourceReading = { given: [], problems: [], notes: [] };

async function readFileSource(options: ConfigOptions, env: Variables, defaultFile: string | null): Promise<FileSource> {
  const named =
    options.config ?? FILE_VARIABLES.map((name) => env[name]).find((value) => value !== undefined && value !== '');
  const path = named === undefined ? defaultFile : resolve(named);
  if (path === null) return { path: null, reading: NOTHING };
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (missing && named === undefined) return { path: null, reading: NOTHING };
    const message = missing ? "the file doesn't exist" : `the file can't be read (${messageOf(error)})`;
    const problem = { source: path, line: null, key: '', message, remedy: 'Check the path and its permissions.' };
    return { path, reading: { ...NOTHING, problems: [problem] } };
  }
  const name = basename(path);
  let content: string;
  try {
    content = decodeText(bytes);
  } catch (error) {
    if (!(error instanceof EncodingError)) throw error;
    const problem = {
      source: path,
      line: null,
      key: '',
      message: error.message.replace(/\. Save.*$/, ''),
      remedy: 'Save it as UTF-8.',
    };
    // Comments of old files may be in another encoding.
    const older = bytes.toString('latin1');
    if (!looksLikeOdConfig(older)) return { path, reading: { ...NOTHING, problems: [problem] } };
    content = older;
  }
  const reading = looksLikeOdConfig(content) ? readOdConfig(content, name) : readYaml(content, name);
  return { path, reading: { ...reading, given: reading.given.map((each) => fromFolder(each, dirname(path))) } };
}

/** A relative path in a file starts at the file's folder. */
function fromFolder(given: Given, folder: string): Given {
  const isPath = KEYS.get(given.setting)?.read === 'path';
  return isPath && typeof given.value === 'string' && given.value.trim() !== ''
    ? { ...given, value: resolve(folder, given.value.trim()) }
    : given;
}

function problemsOf(issue: z.core.$ZodIssue, given: ReadonlyMap<Key, Given>): Problem[] {
  const [first = '', ...inside] = issue.path;
  const key = keyOf(String(first));
  const source = key === null ? undefined : given.get(key);
  const problem = (path: readonly PropertyKey[], message: string, remedy: string): Problem => ({
    ...(source?.position(path) ?? { source: 'defaults', line: null }),
    key: [source?.name || String(first), ...path].join('.'),
    message: message.replace(/^Invalid input: /, '').replace(/\.$/, ''),
    remedy,
  });
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((unknown) => problem([...inside, unknown], 'unknown key', suggestion(unknown)));
  }
  const message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  const type = KEYS.get(String(first))?.type;
  return [problem(inside, message, type === undefined ? '' : `It takes: ${type}.`)];
}

/** For keys inside a value, such as a limit. */
function suggestion(unknown: string): string {
  const meant = nearest(unknown, ['memory', 'cpus', 'processes', 'description', 'limits', ...LDAP_KEYS]);
  return meant === null ? 'Remove it. docs/config.md lists all keys.' : `Did you mean ${meant}?`;
}

async function unreadableFiles({ listen: { tls }, auth }: Config, given: ReadonlyMap<Key, Given>): Promise<Problem[]> {
  const files: (readonly [Key, string])[] = auth.ldap.flatMap(({ ca }) => (ca === null ? [] : [['auth.ldap', ca]]));
  if (tls.kind === 'files') files.push(['listen.tlsCert', tls.cert], ['listen.tlsKey', tls.key]);
  const found = await Promise.all(
    files.map(async ([key, path]): Promise<Problem[]> => {
      try {
        await access(path, constants.R_OK);
        return [];
      } catch (error) {
        const position = given.get(key)?.position([]) ?? { source: 'defaults', line: null };
        const message = `${path} can't be read: ${messageOf(error).replace(/,.*$/, '')}`;
        return [{ ...position, key, message, remedy: 'Check the path and its permissions.' }];
      }
    }),
  );
  return found.flat();
}

/** Lines of a file in their order, then variables and options. */
function inOrder(problems: readonly Problem[]): Problem[] {
  const rank = ({ line }: Problem) => line ?? Infinity;
  return problems.toSorted((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)));
}
