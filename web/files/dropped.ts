/** Files and folders that were dropped or chosen, as a list of folders to create and files to send. Pure over its tree. */
import { nameProblem, normalName } from './names.ts';
import { joined } from './paths.ts';

export interface DroppedNode {
  readonly name: string;
  /** Null for a folder. */
  readonly file: (() => Promise<File>) | null;
  /** Null for a file. */
  readonly children: (() => Promise<readonly DroppedNode[]>) | null;
}

export interface Gathered {
  /** Relative paths, each after the one that it lies in. */
  readonly folders: readonly string[];
  /** `folder` is relative. */
  readonly files: readonly { readonly folder: string; readonly name: string; readonly file: File }[];
  /** Names that a home folder can't have, or that couldn't be read. */
  readonly refused: readonly string[];
  /** Whether there were more than `MOST_FILES`, or deeper than `MOST_DEPTH`. */
  readonly cut: boolean;
}

export const MOST_FILES = 20_000;
const MOST_DEPTH = 64;

export async function gathered(roots: readonly DroppedNode[], most = MOST_FILES): Promise<Gathered> {
  const folders: string[] = [];
  const files: Gathered['files'][number][] = [];
  const refused: string[] = [];
  let cut = false;
  const visit = async (node: DroppedNode, folder: string, depth: number): Promise<void> => {
    if (files.length + folders.length >= most || depth > MOST_DEPTH) {
      cut = true;
      return;
    }
    const name = normalName(node.name);
    if (nameProblem(name) !== null) {
      refused.push(node.name);
      return;
    }
    try {
      if (node.file) files.push({ folder, name, file: await node.file() });
      if (!node.children) return;
      const path = joined(folder, name);
      folders.push(path);
      for (const child of await node.children()) await visit(child, path, depth + 1);
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      refused.push(node.name);
    }
  };
  for (const root of roots) await visit(root, '', 0);
  return { folders, files, refused, cut };
}

/** Of files with relative paths, as `<input webkitdirectory>` has them. */
export function treeOf(files: readonly { readonly path: string; readonly file: File }[]): readonly DroppedNode[] {
  const root = new Map<string, Branch>();
  for (const { path, file } of files) {
    const names = path.split('/');
    let level = root;
    for (const name of names.slice(0, -1)) {
      const known = level.get(name);
      const branch = known instanceof Map ? known : new Map<string, Branch>();
      level.set(name, branch);
      level = branch;
    }
    level.set(names.at(-1) ?? path, file);
  }
  return nodesOf(root);
}

type Branch = File | Map<string, Branch>;

function nodesOf(level: ReadonlyMap<string, Branch>): readonly DroppedNode[] {
  return [...level].map(([name, one]) =>
    one instanceof Map
      ? { name, file: null, children: () => Promise.resolve(nodesOf(one)) }
      : { name, file: () => Promise.resolve(one), children: null },
  );
}
