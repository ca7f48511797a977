/** What a change can affect: the part of `npm test -- --changed` that asks git and reads the tree. */
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { distances, graphOf } from './imports.ts';

const CODE = /\.(ts|tsx|mjs|html)$/;
/** A change here may affect every file. */
const EVERYWHERE = new Set(['package.json', 'package-lock.json', 'tsconfig.json']);
const MAIN = 'main';
const Package = z.object({ imports: z.record(z.string(), z.string()) });

export interface Change {
  /** Files that were changed, added or removed, and those that depend on them; how many steps away. */
  readonly steps: ReadonlyMap<string, number>;
  /** Changed files that exist. */
  readonly files: readonly string[];
  readonly everything: boolean;
}

/** Compares the working tree with `ref`, or with the point where this branch left `main`. */
export function changeSince(root: string, ref: string | null): Change {
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', `safe.directory=${root}`, '-C', root, ...args], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    });
  const lines = (text: string): string[] => text.split('\0').filter((line) => line !== '');
  const base = ref ?? git('merge-base', 'HEAD', MAIN).trim();
  const changed = [
    ...lines(git('diff', '--name-only', '--no-renames', '-z', base)),
    ...lines(git('ls-files', '--others', '--exclude-standard', '-z')),
  ];
  const known = lines(git('ls-files', '--cached', '--others', '--exclude-standard', '-z')).filter((path) =>
    isFile(join(root, path)),
  );
  const paths = [...new Set([...known, ...changed])];
  const files = new Map(paths.map((path) => [path, CODE.test(path) ? textOf(join(root, path)) : null]));
  const steps = distances(graphOf({ files, aliases: aliasesOf(root) }), changed);
  const present = new Set(known);
  return {
    steps,
    files: changed.filter((path) => present.has(path)),
    everything: changed.some((path) => EVERYWHERE.has(path)),
  };
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** Null for a file that was removed. */
function textOf(path: string): string | null {
  return isFile(path) ? readFileSync(path, 'utf8') : null;
}

function aliasesOf(root: string): Record<string, string> {
  return Package.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))).imports;
}
