/** What a failure means and what helps: every failure this product knows, tried in order of how much it explains. */
import type { Hint } from '../../protocol/launch.ts';
import { CHROMIUM } from './chromium.ts';
import { CLUSTER } from './cluster.ts';
import { DISPLAY } from './display.ts';
import type { About, Failure, HintRule } from './failure.ts';
import { NETWORK } from './network.ts';
import { PROGRAM } from './program.ts';
import { lostProcess, RESOURCES } from './resources.ts';
import { SHARED_MEMORY } from './shared-memory.ts';
import { SIGNALS } from './signals.ts';

export type { Failure } from './failure.ts';

/** Causes before consequences: a program without its display may also end with signal 11. */
export const RULES: readonly HintRule[] = [
  ...CLUSTER,
  ...SHARED_MEMORY,
  ...DISPLAY,
  ...CHROMIUM,
  ...RESOURCES,
  ...PROGRAM,
  ...NETWORK,
  ...SIGNALS,
];

const MOST = 3;

/** At most three, the most specific first; none for an unknown failure. */
export function hintsFor(failure: Failure): Hint[] {
  const hints: Hint[] = [];
  for (const { id, recognise } of RULES) {
    const words = hints.length < MOST ? recognise(failure) : null;
    if (words !== null) hints.push({ id, anchor: id, ...words });
  }
  return hints.some(({ id }) => !isVague(id)) ? hints.filter(({ id }) => !isVague(id)) : hints;
}

/** What is worth knowing of a launch that has not ended. */
export function hintsWhileRunning(about: About): Hint[] {
  const words = lostProcess(about);
  return words === null ? [] : [{ id: 'process-out-of-memory', anchor: 'process-out-of-memory', ...words }];
}

/** Hints from the exit code alone add nothing if the log names the cause. */
function isVague(id: string): boolean {
  return SIGNALS.some((rule) => rule.id === id);
}
