/** The state of the page's speed test: one at a time, started and cancelled by buttons. */
import { signal } from '@preact/signals';
import { line } from './line.ts';
import { type Figures, measure, noFigures, type Phase, type Result } from './measure.ts';

export type Run =
  | { readonly state: 'idle' }
  | { readonly state: 'running'; readonly phase: Phase }
  | { readonly state: 'done'; readonly result: Result }
  | { readonly state: 'cancelled' }
  | { readonly state: 'failed'; readonly error: unknown };

export const run = signal<Run>({ state: 'idle' });
export const figures = signal<Figures>(noFigures);

let cancelling: AbortController | null = null;

export async function start(): Promise<void> {
  if (run.value.state === 'running') return;
  const abort = new AbortController();
  cancelling = abort;
  figures.value = noFigures;
  const telling = {
    onPhase: (phase: Phase) => void (run.value = { state: 'running', phase }),
    onFigures: (known: Figures) => void (figures.value = known),
  };
  try {
    run.value = { state: 'done', result: await measure(line, telling, abort.signal) };
  } catch (error) {
    run.value = abort.signal.aborted ? { state: 'cancelled' } : { state: 'failed', error };
  }
}

export function cancel(): void {
  cancelling?.abort();
}
