/** What is inside a desktop in the words of the page: states, who, how full the object is, order of processes. Pure. */
import type { Inside, InsideContainer, InsideProcess } from '#protocol/inside.ts';
import type { Strings } from '../ui/strings/catalogue.ts';

export type Tone = 'ok' | 'accent' | 'warn' | 'bad' | '';

/** The engine's words for an end that is none to worry about. */
const HARMLESS = new Set(['Completed']);
/** Waiting that does not pass by itself. */
const STUCK = /BackOff|^Err|Invalid|Error|Fail/;

export function stateOf(
  { state, exitCode, reason }: Pick<InsideContainer, 'state' | 'exitCode' | 'reason'>,
  words: Strings['inside']['states'],
): { readonly text: string; readonly tone: Tone } {
  if (state === 'running') return { text: words.running, tone: 'ok' };
  if (state === 'waiting') return { text: words.waiting, tone: STUCK.test(reason ?? '') ? 'bad' : 'accent' };
  if (exitCode === null) return { text: words.finished, tone: reason && !HARMLESS.has(reason) ? 'bad' : '' };
  return exitCode === 0 ? { text: words.finished, tone: '' } : { text: words.exit(exitCode), tone: 'bad' };
}

/** Running ones first, then what waits, then what is over, newest first; services before what was started in them. */
export function ordered(containers: readonly InsideContainer[]): readonly InsideContainer[] {
  const states = { running: 0, waiting: 1, finished: 2 };
  const kinds = { service: 0, launch: 1, toolbox: 2, foreign: 3 };
  return containers.toSorted(
    (a, b) =>
      states[a.state] - states[b.state] ||
      kinds[a.kind] - kinds[b.kind] ||
      (b.since ?? '').localeCompare(a.since ?? '') ||
      a.name.localeCompare(b.name),
  );
}

/** From two thirds of either limit on it is worth a warning: nothing is taken in any more when it is full. */
export function fullnessOf({ entries, size }: Pick<Inside, 'entries' | 'size'>): 'roomy' | 'nearly full' {
  const list = entries.most === null ? 0 : entries.finished / entries.most;
  const object = size === null ? 0 : size.bytes / size.most;
  return Math.max(list, object) >= 2 / 3 ? 'nearly full' : 'roomy';
}

export type ProcessColumn = 'pid' | 'container' | 'user' | 'cpu' | 'memory' | 'command';

export interface Order {
  readonly by: ProcessColumn;
  readonly down: boolean;
}

/** A click on the column that orders turns it round; figures begin with the largest. */
export function turned(before: Order, by: ProcessColumn): Order {
  if (before.by === by) return { by, down: !before.down };
  return { by, down: by === 'cpu' || by === 'memory' };
}

export function sorted(processes: readonly InsideProcess[], { by, down }: Order): readonly InsideProcess[] {
  const compare = {
    pid: (a: InsideProcess, b: InsideProcess) => a.pid - b.pid,
    container: (a: InsideProcess, b: InsideProcess) => (a.container ?? '').localeCompare(b.container ?? ''),
    user: (a: InsideProcess, b: InsideProcess) => a.uid - b.uid,
    cpu: (a: InsideProcess, b: InsideProcess) => a.cpu - b.cpu,
    memory: (a: InsideProcess, b: InsideProcess) => a.memoryBytes - b.memoryBytes,
    command: (a: InsideProcess, b: InsideProcess) => a.command.localeCompare(b.command),
  }[by];
  return processes.toSorted((a, b) => (down ? -1 : 1) * compare(a, b) || a.pid - b.pid);
}

/** Objects of their own that can be described: the desktop (empty), and what runs beside it. */
export function objectsOf({ containers }: Pick<Inside, 'containers'>): readonly string[] {
  const beside = containers.flatMap(({ place, launchId }) => (place === 'beside' && launchId !== null ? launchId : []));
  return ['', ...new Set(beside)];
}
