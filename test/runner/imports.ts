/**
 * Which files of the tree depend on which: what they import and what they name as a path, for example a document that a
 * test reads or a program that it starts. Pure.
 */
import { posix } from 'node:path';

/** Path → paths of files and folders that it depends on; a folder ends with a slash. All relative to the repository. */
export type Graph = ReadonlyMap<string, readonly string[]>;

export interface Tree {
  /** Every file of the repository → its text, or null for one that depends on nothing. */
  readonly files: ReadonlyMap<string, string | null>;
  /** `imports` of package.json: `#domain/*` → `./src/domain/*`. */
  readonly aliases: Readonly<Record<string, string>>;
}

/** Words everywhere; a test that reads such a folder as a whole is run every time. */
const TOO_COMMON = new Set(['src/', 'test/', 'bin/']);

export function graphOf({ files, aliases }: Tree): Graph {
  const folders = new Set([...files.keys()].flatMap(foldersAbove));
  const target = (path: string): string | null => {
    if (files.has(path)) return path;
    const folder = `${path.replace(/\/$/, '')}/`;
    return folders.has(folder) && !TOO_COMMON.has(folder) ? folder : null;
  };
  return new Map(
    [...files].map(([path, text]) => {
      const found = text === null ? [] : literalsOf(text).flatMap((literal) => pathsOf(path, literal, aliases));
      const targets = new Set(found.flatMap((one) => target(one) ?? []));
      targets.delete(path);
      return [path, [...targets]];
    }),
  );
}

/** Each file that depends on a changed one, however indirectly, and how many steps away it is; 0 for a changed file itself. */
export function distances(graph: Graph, changed: readonly string[]): ReadonlyMap<string, number> {
  const dependents = new Map<string, string[]>();
  for (const [path, targets] of graph) {
    for (const target of targets) dependents.set(target, [...(dependents.get(target) ?? []), path]);
  }
  const found = new Map(changed.map((path) => [path, 0]));
  // A map also visits what is added while it is iterated: breadth first.
  for (const [path, steps] of found) {
    for (const next of [path, ...foldersAbove(path)].flatMap((one) => dependents.get(one) ?? []))
      if (!found.has(next)) found.set(next, steps + 1);
  }
  return found;
}

/**
 * Strings in quotes, and those in templates after `${…}/`. A single word counts only where paths are put together or listed.
 * Types are erased: the compiler checks them, tests can't.
 */
function literalsOf(text: string): string[] {
  const code = text.replaceAll(/^(?:import|export) type [^;]*;/gm, '');
  return code.split('\n').flatMap((line) => {
    const paths = /\b(?:join|resolve|URL|glob\w*)\(|^const [A-Z_]+ = \[/.test(line);
    const matches = line.matchAll(/'([^'\\]{2,200})'|"([^"\\]{2,200})"|`(?:\$\{\w+\}\/)?([^`\\$]{2,200})`/g);
    const found = [...matches].flatMap(([, single, double, template]) => single ?? double ?? template ?? []);
    return found.filter((literal) => paths || /[/.#]/.test(literal));
  });
}

/** What a string may mean as a path: an alias, or a path from the file's own folder or from the root. */
function pathsOf(from: string, literal: string, aliases: Readonly<Record<string, string>>): string[] {
  if (/[^\w./@#-]/.test(literal)) return [];
  if (literal.startsWith('#')) return aliased(literal, aliases);
  const near = posix.join(posix.dirname(from), literal);
  return literal.startsWith('.') ? [near] : [near, posix.normalize(literal)];
}

function aliased(literal: string, aliases: Readonly<Record<string, string>>): string[] {
  for (const [alias, target] of Object.entries(aliases)) {
    const start = alias.replace(/\*$/, '');
    if (literal === alias) return [posix.normalize(target)];
    if (start !== alias && literal.startsWith(start))
      return [posix.normalize(target.replace('*', () => literal.slice(start.length)))];
  }
  return [];
}

/** `a/b/c.ts` → `a/`, `a/b/` */
function foldersAbove(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, at) => `${parts.slice(0, at + 1).join('/')}/`);
}
