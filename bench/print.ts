/**
 * From `lp` in an app until a page hears of the print, which opens its print dialog: the first print of a desktop, whose
 * printer starts for it, and those that follow. Beside the two seconds that a user is to wait at most.
 */
import { readFile, rm } from 'node:fs/promises';
import type { Row } from './report.ts';
import { desktopRuns, listen, type Stage, TIMEOUT_MS } from './stage.ts';

const USER = 'fry';
const GOAL_MS = 2_000;
/** The first print, for which a desktop has to be made each time. */
const FEW = 3;

export async function print(stage: Stage, runs: number): Promise<Row[]> {
  const peer = { peer: 'two seconds', peers: [GOAL_MS], goal: 1 };
  const first: Row = { what: 'first print of a desktop', ours: [], ...peer };
  const next: Row = { what: 'a page printed by a running printer', ours: [], ...peer };
  const { client } = stage;
  for (let desktop = 0; desktop < FEW; desktop += 1) {
    if (desktop > 0) await client.desktop.remove();
    await desktopRuns(client);
    first.ours.push(await printOnce(stage));
    for (let page = 0; page < Math.ceil(runs / FEW); page += 1) next.ours.push(await printOnce(stage));
  }
  return [first, next];
}

/** In ms. */
async function printOnce({ product, client }: Stage): Promise<number> {
  const stop = new AbortController();
  const heard = Promise.withResolvers<number>();
  const late = setTimeout(() => heard.reject(new Error('nothing was printed')), TIMEOUT_MS);
  const stamp = product.home(USER, '.bench-print');
  await rm(stamp, { force: true });
  await listen(client, stop.signal, (event) => {
    if (event.type === 'print') heard.resolve(Date.now());
  });
  const line = 'date +%s%3N > ~/.bench-print; echo "one page" | lp -t Bench';
  const { id } = await client.launches.start({ app: 'terminal', args: ['-e', 'sh', '-c', line] });
  try {
    const at = await heard.promise;
    return at - Number(await readFile(stamp, 'utf8'));
  } finally {
    clearTimeout(late);
    stop.abort();
    await client.launches.stop(id).catch(() => null);
  }
}
