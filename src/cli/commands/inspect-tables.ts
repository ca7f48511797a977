/** The tables of `deskpod inspect`. */
import { NamespaceKind } from '#protocol/inspect.ts';
import type {
  Inspection,
  InspectedContainer,
  InspectedProcess,
  InspectedSocket,
  Namespaces,
} from '#protocol/inspect.ts';

type Table = readonly [header: string[], rows: string[][]];

export function containerRows({ containers }: Inspection): Table {
  return [
    ['NAME', 'KIND', 'LOCATION', 'STATE', 'RESTARTS', 'SINCE', 'BY', 'IMAGE'],
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
function stateOf({ state, reason, exitCode }: InspectedContainer): string {
  const why = [reason, exitCode === null ? null : `(${exitCode})`].filter((part) => part !== null).join(' ');
  return why === '' ? state : `${state}: ${why}`;
}

/** How much of the desktop's limits is used; null if it has none. */
export function usedLimits({ entries, size }: Inspection): string | null {
  const parts = [
    ...(entries.most === null
      ? []
      : [
          `${entries.finished} finished containers remain in the desktop; the limit is ${entries.most} containers in total`,
        ]),
    ...(size === null ? [] : [`the object uses ${kilobytes(size.bytes)} of ${kilobytes(size.most)}`]),
  ];
  const way = entries.finished === 0 ? '' : ' To remove them: deskpod desktops rebuild';
  return parts.length === 0 ? null : `${parts.join('; ')}.${way}`;
}

export function namespaceRows({ containers }: Namespaces): Table {
  const kinds = NamespaceKind.options;
  return [
    ['NAME', ...kinds.map((kind) => kind.toUpperCase())],
    containers.map(({ name, ids }) => [name, ...kinds.map((kind) => ids[kind] ?? 'not readable')]),
  ];
}

export function processRows(processes: readonly InspectedProcess[]): Table {
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

export function socketRows(sockets: readonly InspectedSocket[]): Table {
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
