/** The question about a taken name that is shown; one action asks at a time. */
import { signal } from '@preact/signals';
import { closeLayer, openLayer } from '../layers/layers.ts';
import type { Conflicts, Question } from './conflicts.ts';

interface Shown {
  readonly question: Question;
  readonly conflicts: Conflicts;
}

const asked = signal<readonly Shown[]>([]);
export const conflictShown = (): Shown | null => asked.value[0] ?? null;

/** Null: this action has no question any longer. */
export function askConflict(question: Question | null, conflicts: Conflicts): void {
  const others = asked.value.filter((one) => one.conflicts !== conflicts);
  const own = question === null ? [] : [{ question, conflicts }];
  // A question that is shown already keeps its place.
  asked.value = asked.value[0]?.conflicts === conflicts ? [...own, ...others] : [...others, ...own];
  if (asked.value.length > 0) openLayer({ kind: 'file-conflict' });
  else closeLayer('file-conflict');
}

/** The dialog was closed without an answer. */
export function closeConflicts(): void {
  for (const { conflicts } of asked.value) conflicts.answer('later', false);
}
