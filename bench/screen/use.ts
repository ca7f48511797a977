/** What processes use of the machine, as `/proc` has it. Processes that have ended use nothing. */
import { readdir, readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { z } from 'zod';

const TICK_MS = 10;
const KB = 1024;
const Processes = z.object({ processInfo: z.array(z.object({ id: z.int() })) });

/** Processor time so far, in milliseconds, with that of children that have ended and were waited for. */
export async function processorMs(pids: readonly number[]): Promise<number> {
  let ticks = 0;
  for (const pid of pids) {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    // proc(5): the fields 14 to 17; the second, in parentheses, may have spaces.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    ticks += [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at] ?? 0), 0);
  }
  return ticks * TICK_MS;
}

/** How often their threads went to sleep so far: each time, something woke them. */
export async function wakeUps(pids: readonly number[]): Promise<number> {
  let sum = 0;
  for (const pid of pids) {
    for (const thread of await readdir(`/proc/${pid}/task`).catch(() => [])) {
      const text = await readFile(`/proc/${pid}/task/${thread}/status`, 'utf8').catch(() => '');
      sum += Number(/^voluntary_ctxt_switches:\s*(\d+)/m.exec(text)?.[1] ?? 0);
    }
  }
  return sum;
}

/** Memory in bytes; what processes share is divided among them. */
export async function proportionalBytes(pids: readonly number[]): Promise<number> {
  let kilobytes = 0;
  for (const pid of pids) {
    const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
    kilobytes += Number(/^Pss:\s*(\d+)/m.exec(text)?.[1] ?? 0);
  }
  return kilobytes * KB;
}

export async function browserPids(browser: Browser): Promise<number[]> {
  const session = await browser.newBrowserCDPSession();
  try {
    return Processes.parse(await session.send('SystemInfo.getProcessInfo')).processInfo.map(({ id }) => id);
  } finally {
    await session.detach();
  }
}
