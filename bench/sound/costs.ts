/** What listeners cost the server process: processor and memory with some and without. */
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Row } from '../report.ts';
import type { Stage } from '../stage.ts';
import { Listener } from './listener.ts';
import { runs } from './programs.ts';

const SOME = 5;
const TURNS = 3;
const TURN_MS = 10_000;
const SAMPLE_MS = 500;
const CPU_GOAL = 1.5;
const MEMORY_GOAL_MB = 4;
const MB = 1024 * 1024;
/** Of Linux, in `/proc`. */
const TICK_MS = 10;
const PAGE_BYTES = 4_096;

interface Use {
  /** Of one processor. */
  readonly percent: number;
  readonly megabytes: number;
}

export async function costs(stage: Stage): Promise<Row[]> {
  const pid = await stage.product.serverPid();
  const cpu = { unit: '% of a core', peer: 'the limit', peers: [CPU_GOAL], goal: 1 };
  const first: Row = { what: 'processor for the first listener', ours: [], ...cpu };
  const each: Row = { what: `processor for each of ${SOME} listeners`, ours: [], ...cpu };
  const megabytes = { unit: 'MB', peer: 'the limit', peers: [MEMORY_GOAL_MB], goal: 1 };
  // With what stays: 11 MB are V8's, which optimizes the encoder once.
  const firstMemory: Row = { what: 'memory for the first listener', ours: [], ...megabytes };
  const memory: Row = { what: `memory for each further of ${SOME} listeners`, ours: [], ...megabytes };
  await using owned = new AsyncDisposableStack();
  owned.defer(await runs(stage, 'tone'));
  let before: Use | null = null;
  for (let turn = 0; turn < TURNS; turn += 1) {
    const none = await use(pid);
    const one = await useWith(stage, pid, 1);
    if (before === null) firstMemory.ours.push(one.megabytes - none.megabytes);
    before ??= one;
    const some = await useWith(stage, pid, SOME);
    first.ours.push(one.percent - none.percent);
    each.ours.push((some.percent - none.percent) / SOME);
    memory.ours.push((some.megabytes - before.megabytes) / (SOME - 1));
  }
  return [first, each, firstMemory, memory];
}

async function useWith(stage: Stage, pid: number, count: number): Promise<Use> {
  using stack = new DisposableStack();
  for (let listener = 0; listener < count; listener += 1) stack.use(await Listener.open(stage, 'opus'));
  return await use(pid);
}

/** The processor's use during a turn, and the median of its memory. */
async function use(pid: number): Promise<Use> {
  const memory: number[] = [];
  const since = performance.now();
  const cpuBefore = await processorMs(pid);
  while (performance.now() - since < TURN_MS) {
    memory.push(await residentBytes(pid));
    await delay(SAMPLE_MS);
  }
  const percent = (100 * ((await processorMs(pid)) - cpuBefore)) / (performance.now() - since);
  const bytes = memory.toSorted((a, b) => a - b)[Math.floor(memory.length / 2)] ?? 0;
  return { percent, megabytes: bytes / MB };
}

/** proc(5): the 14th and 15th field; the second may contain spaces, in parentheses. */
async function processorMs(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

async function residentBytes(pid: number): Promise<number> {
  const [, resident] = (await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ');
  return Number(resident) * PAGE_BYTES;
}
