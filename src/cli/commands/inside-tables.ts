/** What is inside a desktop as the rows of tables. */
import { NamespaceKind } from '#protocol/inside.ts';
import type { Inside, InsideContainer, InsideProcess, InsideSocket, Namespaces } from '#protocol/inside.ts';

type Table = readonly [header: string[], rows: string[][]];

export function containerRows({ containers }: Inside): Table {
  return [
    ['NAME', 'KIND', 'PLACE', 'STATE', 'RESTARTS', 'SINCE', 'BY', 'IMAGE'],
    containers.map((one) => [
      one.name,
      one.kind,
      one.place,
      stateOf(one),
      String(one.restarts),
      one.since ?? '',
      one.by ?? '',
      one.image,
    ]),
  ];
}

/** `finished: Error (1)` */
function stateOf({ state, reason, exitCode }: InsideContainer): string {
  const why = [reason, exitCode === null ? null : `(${exitCode})`].filter((part) => part !== null).join(' ');
  return why === '' ? state : `${state}: ${why}`;
}

/** How much of what only grows is taken; null where nothing does. */
export function fullness({ entries, size }: Inside): string | null {
  const parts = [
    ...(entries.most === null
      ? []
      : [`${entries.finished} finished entries stay in the desktop, ${entries.most} of all kinds fit`]),
    ...(size === null ? [] : [`the object has ${kilobytes(size.bytes)} of ${kilobytes(size.most)}`]),
  ];
  const way = entries.finished === 0 ? '' : ' deskpod desktops compact makes it anew without them.';
  return parts.length === 0 ? null : `${parts.join('; ')}.${way}`;
}

export function namespaceRows({ containers }: Namespaces): Table {
  const kinds = NamespaceKind.options;
  return [
    ['NAME', ...kinds.map((kind) => kind.toUpperCase())],
    containers.map(({ name, ids }) => [name, ...kinds.map((kind) => ids[kind] ?? 'not readable')]),
  ];
}

export function processRows(processes: readonly InsideProcess[]): Table {
  return [
    ['PID', 'PARENT', 'UID', 'STATE', 'CPU', 'MEMORY', 'CONTAINER', 'COMMAND'],
    processes.map((one) => [
      String(one.pid),
      String(one.parent),
      String(one.uid),
      one.state,
      `${(one.cpu * 100).toFixed(1)}%`,
      `${(one.memoryBytes / 1e6).toFixed(1)} MB`,
      one.container ?? '',
      one.command,
    ]),
  ];
}

export function socketRows(sockets: readonly InsideSocket[]): Table {
  return [
    ['PROTOCOL', 'LOCAL', 'REMOTE', 'STATE', 'PID', 'NETWORK OF'],
    sockets.map((one) => [
      one.protocol,
      one.local,
      one.remote ?? '',
      one.state,
      one.pid === null ? '' : String(one.pid),
      one.container,
    ]),
  ];
}

function kilobytes(bytes: number): string {
  return `${Math.ceil(bytes / 1000)} kB`;
}
