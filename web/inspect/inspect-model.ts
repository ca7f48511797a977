/** How *Inspect* presents an inspection: states, order of containers and processes. Pure. */
import type { InspectedContainer, InspectedProcess, Inspection } from '#protocol/inspect.ts';
import type { Strings } from '../ui/strings/type.ts';
import type { Tone } from '../ui/tone.ts';

/** Reasons of a normal exit. */
const HARMLESS = new Set(['Completed']);
/** Reasons for waiting that need attention. */
const STUCK = /BackOff|^Err|Invalid|Error|Fail/;

export function stateOf(
  { state, exitCode, reason }: Pick<InspectedContainer, 'state' | 'exitCode' | 'reason'>,
  words: Strings['inspect']['states'],
): { readonly text: string; readonly tone: Tone } {
  if (state === 'running') return { text: words.running, tone: 'ok' };
  if (state === 'waiting') return { text: words.waiting, tone: STUCK.test(reason ?? '') ? 'bad' : 'accent' };
  if (exitCode === null) return { text: words.finished, tone: reason && !HARMLESS.has(reason) ? 'bad' : '' };
  return exitCode === 0 ? { text: words.finished, tone: '' } : { text: words.exit(exitCode), tone: 'bad' };
}

/** Running, waiting, finished; services first; newest first. */
export function ordered(containers: readonly InspectedContainer[]): readonly InspectedContainer[] {
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

export type ProcessColumn = 'pid' | 'container' | 'user' | 'cpu' | 'memory' | 'command';

export interface Order {
  readonly by: ProcessColumn;
  readonly down: boolean;
}

/** A click on the current column reverses the order; CPU and memory begin with the largest value. */
export function turned(before: Order, by: ProcessColumn): Order {
  if (before.by === by) return { by, down: !before.down };
  return { by, down: by === 'cpu' || by === 'memory' };
}

export function sorted(processes: readonly InspectedProcess[], { by, down }: Order): readonly InspectedProcess[] {
  const compare = {
    pid: (a: InspectedProcess, b: InspectedProcess) => a.pid - b.pid,
    container: (a: InspectedProcess, b: InspectedProcess) => (a.container ?? '').localeCompare(b.container ?? ''),
    user: (a: InspectedProcess, b: InspectedProcess) => a.uid - b.uid,
    cpu: (a: InspectedProcess, b: InspectedProcess) => a.cpu - b.cpu,
    memory: (a: InspectedProcess, b: InspectedProcess) => a.memoryBytes - b.memoryBytes,
    command: (a: InspectedProcess, b: InspectedProcess) => a.command.localeCompare(b.command),
  }[by];
  return processes.toSorted((a, b) => (down ? -1 : 1) * compare(a, b) || a.pid - b.pid);
}

/** Objects that can be described: the desktop (empty) and launches in their own pods. */
export function objectsOf({ containers }: Pick<Inspection, 'containers'>): readonly string[] {
  const beside = containers.flatMap(({ place, launchId }) => (place === 'beside' && launchId !== null ? launchId : []));
  return ['', ...new Set(beside)];
}
