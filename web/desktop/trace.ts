/** The figures of the start trace: durations of steps and their shares of the bar. Pure. */
import type { StartStep, StartTrace } from '#protocol/desktop.ts';

export interface Share {
  readonly name: StartStep['name'];
  /** Percent of the bar. */
  readonly percent: number;
}

/**
 * The bar is as long as the usual duration, or the elapsed time if that is longer.
 * A running step grows with `runningMs`, the time since its last event.
 */
export function shares(trace: StartTrace, runningMs = 0): readonly Share[] {
  const spent = spentMs(trace, runningMs);
  const length = Math.max(spent, trace.usualMs ?? 0, 1);
  return trace.steps
    .filter(({ state }) => state !== 'waiting')
    .map((step) => ({ name: step.name, percent: (100 * stepMs(step, runningMs)) / length }))
    .filter(({ percent }) => percent > 0);
}

export function stepMs({ state, ms }: StartStep, runningMs: number): number {
  return state === 'running' ? ms + runningMs : ms;
}

/** Steps may run in parallel, so their sum may exceed the elapsed time. */
export function spentMs(trace: StartTrace, runningMs: number): number {
  const running = trace.steps.some(({ state }) => state === 'running');
  const sum = trace.steps.reduce((total, step) => total + stepMs(step, running ? runningMs : 0), 0);
  return Math.max(trace.totalMs + (running ? runningMs : 0), running ? 0 : Math.min(sum, trace.totalMs));
}
