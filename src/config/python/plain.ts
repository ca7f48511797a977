/** Python values as plain ones, and the way back from a place in the plain value to a line of the file. */
import type { PythonEntry, PythonValue } from './literal.ts';

/** Lists, tuples and sets become arrays; keys become text; of equal keys the last one counts, as in Python. */
export function toPlain(value: PythonValue): unknown {
  switch (value.type) {
    case 'none':
      return null;
    case 'bool':
    case 'number':
    case 'string':
    case 'name':
      return value.value;
    case 'list':
    case 'tuple':
    case 'set':
      return value.items.map(toPlain);
    case 'dict':
      return Object.fromEntries(value.entries.map((entry) => [keyText(entry), toPlain(entry.value)]));
    default:
      return value satisfies never;
  }
}

/** The line of what is at this path, or of the nearest thing around it that exists. */
export function lineAt(value: PythonValue, path: readonly PropertyKey[]): number {
  const [step, ...rest] = path;
  if (step === undefined) return value.line;
  if (value.type === 'dict') {
    const entry = value.entries.findLast((each) => keyText(each) === String(step));
    if (!entry) return value.line;
    // The key's line is what people look for; inside of its value the search goes on.
    return rest.length === 0 ? entry.key.line : lineAt(entry.value, rest);
  }
  const item = 'items' in value ? value.items[Number(step)] : undefined;
  return item ? lineAt(item, rest) : value.line;
}

function keyText({ key }: PythonEntry): string {
  const plain = toPlain(key);
  return typeof plain === 'string' ? plain : JSON.stringify(plain);
}
