/** Our own configuration file: YAML (and so JSON), with the keys of the settings table, nested or dotted. */
import { isMap, isScalar, LineCounter, type Node, type Pair, parseDocument, type YAMLMap } from 'yaml';
import type { Given, SourceReading } from '../given.ts';
import { nearest } from '../nearest.ts';
import type { SourcePosition, Problem } from '../problems.ts';
import { type Key, keyOf, KEYS } from '../settings.ts';

/** `source` is the file's name for people. */
export function readYaml(content: string, source: string): SourceReading {
  const lines = new LineCounter();
  const document = parseDocument(content, { lineCounter: lines, prettyErrors: false });
  const positionAt = (offset: number | undefined): SourcePosition => ({
    source,
    line: offset === undefined ? null : Math.max(1, lines.linePos(offset).line),
  });
  const problems: Problem[] = document.errors.map((error) => ({
    ...positionAt(error.pos[0]),
    key: '',
    message: `not valid YAML: ${error.message.replace(/\.$/, '')}`,
    remedy: 'Indent with spaces, and put text with special characters in quotes.',
  }));
  // The rest of a broken file would only cause more errors.
  if (problems.length > 0) return { given: [], problems, notes: [] };
  const given: Given[] = [];
  const root = document.contents;

  const walk = (map: YAMLMap, prefix: string): void => {
    for (const pair of map.items) {
      const name = `${prefix}${keyText(pair)}`;
      const at = positionAt(startOf(pair.key) ?? startOf(map));
      const setting = keyOf(name);
      if (setting !== null) given.push(leaf(setting, name, pair, at));
      else if (isSection(name) && isMap(pair.value)) walk(pair.value, `${name}.`);
      else if (isSection(name) && isScalar(pair.value) && pair.value.value === null) continue;
      else problems.push({ ...at, key: name, ...(isSection(name) ? notASection(name) : unknown(name)) });
    }
  };
  const leaf = (setting: Key, name: string, { value }: Pair, at: SourcePosition): Given => ({
    setting,
    name,
    value: isNode(value) ? value.toJS(document) : value,
    position: (path) => (path.length === 0 ? at : positionAt(startOf(deepest(value, path)) ?? startOf(value))),
  });

  if (isMap(root)) walk(root, '');
  else if (root !== null) {
    problems.push({
      ...positionAt(0),
      key: '',
      message: "the file isn't a map of keys",
      remedy: 'Write lines such as “dataDir: /srv/deskpod”.',
    });
  }
  return { given, problems, notes: [] };
}

function isSection(name: string): boolean {
  return [...KEYS.keys()].some((key) => key.startsWith(`${name}.`));
}

function notASection(name: string) {
  const inside = [...KEYS.keys()].find((key) => key.startsWith(`${name}.`)) ?? name;
  return { message: 'is a group of keys, not a value', remedy: `Write the keys below it, for example ${inside}.` };
}

function unknown(name: string) {
  const last = name.slice(name.lastIndexOf('.') + 1);
  // A key may be misspelt, or correct but in the wrong section.
  const elsewhere = [...KEYS.keys()].find((key) => key === last || key.endsWith(`.${last}`));
  const meant = nearest(name, KEYS.keys()) ?? elsewhere ?? null;
  return {
    message: 'unknown key',
    remedy: meant === null ? 'Remove it. docs/config.md lists all keys.' : `Did you mean ${meant}?`,
  };
}

function keyText({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : String(key);
}

/** The key or item at the path, or the last one on the way that exists. */
function deepest(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value;
  for (const [index, step] of path.entries()) {
    if (isMap(found)) {
      const pair = found.items.find((item) => keyText(item) === String(step));
      if (!pair) return found;
      found = index === path.length - 1 ? pair.key : pair.value;
    } else {
      const item: unknown =
        isNode(found) && 'items' in found && Array.isArray(found.items) ? found.items[Number(step)] : undefined;
      if (item === undefined) return found;
      found = item;
    }
  }
  return found;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? (node.range?.[0] ?? undefined) : undefined;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'toJS' in value && 'range' in value;
}
