/** The start trace as the UI draws it: steps with their times and the shares of the bar. Pure. */
import type { StartStep, StartTrace } from '#protocol/desktop.ts';

export interface Share {
  readonly name: StartStep['name'];
  /** Percent of the bar. */
  readonly percent: number;
}

/**
 * The bar is as long as the usual time, or as what is past when that is more: the rest of it is an honest expectation.
 * A step that runs grows with `runningMs`, the time that passed since the last news of it.
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

/** Steps may run side by side: then their sum is more than the time that passed, which counts. */
export function spentMs(trace: StartTrace, runningMs: number): number {
  const running = trace.steps.some(({ state }) => state === 'running');
  const sum = trace.steps.reduce((total, step) => total + stepMs(step, running ? runningMs : 0), 0);
  return Math.max(trace.totalMs + (running ? runningMs : 0), running ? 0 : Math.min(sum, trace.totalMs));
}
