/** From the click to the prompt of a toolbox, new and used again, beside the engine's own command line to the same. */
import { setTimeout as delay } from 'node:timers/promises';
import type { DebugTarget } from '#protocol/debug.ts';
import { OurToolboxes } from './our-toolbox.ts';
import { promptOf } from './peer-terminal.ts';
import type { Row } from './report.ts';
import type { Stage } from './stage.ts';

/** What people would wait for anyway. */
const GOAL = { fresh: 1.2, reused: 1 } as const;

/** A toolbox with variables of its own is nobody else's: each turn makes another. */
const ALONE = { DESKPOD_BENCH: '1' } as const;

export interface DebugStage extends Stage {
  readonly where: string;
  readonly target: DebugTarget;
  /** A node looks again at a pod a second after it changed: the end of one toolbox must not delay the next. */
  readonly settleMs: number;
  readonly peer: { readonly name: string; readonly line: readonly string[]; readonly env: NodeJS.ProcessEnv };
}

/** Turn by turn, so that whatever else the machine does meets all three alike. */
export async function debug(stage: DebugStage, runs: number): Promise<Row[]> {
  const { where, peer, target, settleMs } = stage;
  const [fresh, reused, peers]: [number[], number[], number[]] = [[], [], []];
  await using toolboxes = await OurToolboxes.follow(stage);
  const holder = await toolboxes.open(target);
  for (let turn = 0; turn <= runs; turn += 1) {
    await delay(settleMs);
    const theirs = await promptOf(peer.line, peer.env);
    await delay(settleMs);
    const ours = await toolboxes.open({ ...target, env: ALONE });
    if (ours.session.reused) throw new Error('a toolbox that should be new was used again');
    await toolboxes.end(ours);
    const again = await toolboxes.open(target);
    if (!again.session.reused) throw new Error('a toolbox that should be used again was made anew');
    if (again.session.id !== holder.session.id) await toolboxes.end(again);
    // The first of each warms caches.
    if (turn > 0) {
      peers.push(theirs);
      fresh.push(ours.ms);
      reused.push(again.ms);
    }
  }
  await toolboxes.end(holder);
  return [
    { what: `${where}, new toolbox: POST to prompt`, peer: peer.name, ours: fresh, peers, goal: GOAL.fresh },
    { what: `${where}, toolbox used again: POST to prompt`, peer: peer.name, ours: reused, peers, goal: GOAL.reused },
  ];
}
