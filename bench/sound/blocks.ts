/** What blocks tell: when something loud began, how late it came elsewhere, and how often a tone was interrupted. Pure. */
import type { Block } from './block-meter.ts';

/** Of the level; encoding changes it by less. */
const LEVEL_TOLERANCE = 0.15;
/** Periods between two blocks. Playing at another speed, to follow the clock, moves it by a third of that. */
const PHASE_TOLERANCE = 0.06;
/** An interruption shows in the block in which it is and in the next. */
const TOGETHER = 3;

/** In milliseconds since 1970. */
export function beginnings(blocks: readonly Block[]): number[] {
  return blocks.flatMap(({ loudAt }) => loudAt ?? []);
}

/** For each time of `from`, the milliseconds until the next one of `to`; without those that have none soon enough. */
export function delays(from: readonly number[], to: readonly number[], withinMs: number): number[] {
  return from.flatMap((time) => {
    const next = to.find((other) => other >= time);
    return next === undefined || next - time > withinMs ? [] : next - time;
  });
}

/** How often a tone that plays during all blocks was missing, or went on at another place of its period. */
export function gapsOf(blocks: readonly Block[]): number {
  const levels = blocks.map(({ level }) => level).toSorted((a, b) => a - b);
  const usual = levels[Math.floor(levels.length / 2)] ?? 0;
  let gaps = 0;
  let sinceWrong = Infinity;
  for (const [at, { level, phase }] of blocks.entries()) {
    const moved = phase - (blocks[at - 1]?.phase ?? phase);
    const turned = Math.abs(moved - Math.round(moved)) > PHASE_TOLERANCE;
    const isWrong = turned || Math.abs(level / usual - 1) > LEVEL_TOLERANCE;
    if (isWrong && sinceWrong > TOGETHER) gaps += 1;
    sinceWrong = isWrong ? 0 : sinceWrong + 1;
  }
  return gaps;
}
