/** Reads what a plan needs from a Containerfile: its base images, labels and command. Pure. */
import { parseJson } from '#protocol/json.ts';

export interface Containerfile {
  /** Images in `FROM` and `COPY --from`, in order, without its own stages and with `ARG` defaults filled in. */
  readonly bases: readonly string[];
  /** Of the last stage. */
  readonly labels: Readonly<Record<string, string>>;
  /** The last `CMD` in its JSON form; empty if there is none. */
  readonly command: readonly string[];
  /** Names and values of `ARG` lines. */
  readonly args: Readonly<Record<string, string>>;
}

/** `args` replace the defaults of `ARG` lines. Unknown instructions are skipped; the engine reports them. */
export function parseContainerfile(text: string, args: Readonly<Record<string, string>> = {}): Containerfile {
  const values: Record<string, string> = {};
  const stages = new Set<string>();
  const bases: string[] = [];
  let labels: Record<string, string> = {};
  let command: readonly string[] = [];
  const add = (image: string): void => {
    if (!stages.has(image) && !bases.includes(image)) bases.push(image);
  };
  for (const line of logicalLines(text)) {
    const [, word = '', rest = ''] = /^([A-Za-z]+)\s+(.*)$/s.exec(line) ?? [];
    switch (word.toUpperCase()) {
      case 'ARG': {
        const [name = '', ...value] = rest.trim().split('=');
        values[name] = args[name] ?? value.join('=');
        break;
      }
      case 'FROM': {
        const [, image = '', stage] = /^(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(rest) ?? [];
        add(filled(image, values));
        if (stage !== undefined) stages.add(stage);
        labels = {};
        command = [];
        break;
      }
      case 'COPY': {
        const from = /(?:^|\s)--from=(\S+)/.exec(rest)?.[1];
        if (from !== undefined) add(filled(from, values));
        break;
      }
      case 'LABEL':
        Object.assign(labels, assignments(rest));
        break;
      case 'CMD':
        command = jsonWords(rest);
        break;
      default:
    }
  }
  return { bases, labels, command, args: values };
}

/** Without comments, with continued lines joined. */
function logicalLines(text: string): string[] {
  const lines: string[] = [];
  let open = '';
  for (const line of text.split('\n')) {
    if (/^\s*#/.test(line)) continue;
    if (line.endsWith('\\')) {
      open += `${line.slice(0, -1)} `;
    } else {
      lines.push((open + line).trim());
      open = '';
    }
  }
  if (open !== '') lines.push(open.trim());
  return lines.filter((line) => line !== '');
}

function filled(word: string, values: Readonly<Record<string, string>>): string {
  return word.replace(/\$\{?(\w+)\}?/g, (_whole, name: string) => values[name] ?? '');
}

/** `a=b "c d"="e" f='g'` */
function assignments(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  const pair = /((?:"(?:\\.|[^"\\])*"|[^\s="])+)=((?:"(?:\\.|[^"\\])*"|'[^']*'|[^\s"'])*)/g;
  for (const [, name = '', value = ''] of text.matchAll(pair)) found[unquoted(name)] = unquoted(value);
  return found;
}

function unquoted(word: string): string {
  return word.replace(/"((?:\\.|[^"\\])*)"|'([^']*)'/g, (_whole, double?: string, single?: string) =>
    double === undefined ? (single ?? '') : double.replace(/\\(.)/g, '$1'),
  );
}

function jsonWords(text: string): string[] {
  const words = parseJson(text);
  return Array.isArray(words) ? words.filter((word) => typeof word === 'string') : [];
}
