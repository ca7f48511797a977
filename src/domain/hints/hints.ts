/** What a failure means and what helps: every failure this product knows, tried in order of how much it explains. */
import type { Hint } from '../../protocol/launch.ts';
import { CHROMIUM } from './chromium.ts';
import { CLUSTER } from './cluster.ts';
import { DISPLAY } from './display.ts';
import type { Failure, HintRule } from './failure.ts';
import { NETWORK } from './network.ts';
import { PROGRAM } from './program.ts';
import { RESOURCES } from './resources.ts';
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

/** At most three, the most telling first; none for a failure nobody wrote down. */
export function hintsFor(failure: Failure): Hint[] {
  const hints: Hint[] = [];
  for (const { id, recognise } of RULES) {
    const words = hints.length < MOST ? recognise(failure) : null;
    if (words !== null) hints.push({ id, anchor: id, ...words });
  }
  return hints.some(({ id }) => !isVague(id)) ? hints.filter(({ id }) => !isVague(id)) : hints;
}

/** Hints by exit code alone say little once the log told the cause. */
function isVague(id: string): boolean {
  return SIGNALS.some((rule) => rule.id === id);
}
