/** How long other users wait for a response while one user is greedy, beside the same wait just before. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from '#client/client.ts';
import { displayOfFry } from './displays.ts';
import type { Load } from './load.ts';
import type { Row } from './report.ts';
import { desktopRuns, type Stage } from './stage.ts';

const GOAL = 1.5;
/** Below the limit of requests per minute. */
const EVERY_MS = 60;
/** Until the load has its full effect, and until the server has done what is left of it. */
const SETTLED_MS = 5_000;
const LOADS: readonly { readonly case: Load['case']; readonly what: string }[] = [
  { case: 'speed', what: '8 speed tests' },
  { case: 'log', what: 'endless output, 5 readers of its log' },
  { case: 'windows', what: '400 windows with changing icons, 15 event streams' },
  { case: 'json', what: '14 MiB of nested JSON, repeatedly' },
];

export async function neighbours(stage: Stage, samples: number): Promise<Row[]> {
  await desktopRuns(stage.client);
  const { token: other } = await createClient({ baseUrl: stage.product.address }).session.login({
    provider: 'directory',
    name: 'leela',
    password: 'leela',
  });
  const rows: Row[] = [];
  for (const load of LOADS) {
    const peers = await waits(stage.product.address, other, samples);
    const stop = await begin(stage, load.case);
    await delay(SETTLED_MS);
    const ours = await waits(stage.product.address, other, samples);
    await stop();
    await delay(SETTLED_MS);
    rows.push({ what: `another user's GET during ${load.what}`, peer: 'before', ours, peers, goal: GOAL });
  }
  return rows;
}

/** Durations of requests, one after the other. */
async function waits(address: string, token: string, samples: number): Promise<number[]> {
  const found: number[] = [];
  for (let sample = 0; sample < samples; sample += 1) {
    const begun = performance.now();
    const reply = await fetch(`${address}/api/v1/session`, { headers: { authorization: `Bearer ${token}` } });
    await reply.arrayBuffer();
    if (!reply.ok) throw new Error(`GET /api/v1/session: ${reply.status}`);
    found.push(performance.now() - begun);
    await delay(EVERY_MS);
  }
  return found;
}

/** Returns a function that ends the load. */
async function begin(stage: Stage, kind: Load['case']): Promise<() => Promise<void>> {
  const { product, client, token } = stage;
  const args = ['-e', 'sh', '-c', 'yes >/proc/$PPID/fd/1'];
  const launch = kind === 'log' ? (await client.launches.start({ app: 'terminal', args })).id : null;
  const display = await displayOfFry(stage);
  const load: Load = { case: kind, address: product.address, token, launch, display };
  const child = spawn(process.execPath, [join(import.meta.dirname, 'load.ts')], {
    env: { ...process.env, LOAD: JSON.stringify(load) },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  let ended = false;
  const end = once(child, 'exit').then(() => (ended = true));
  return async () => {
    if (ended) throw new Error(`the load “${kind}” ended too early`);
    child.kill('SIGKILL');
    await end;
    if (launch !== null) await client.launches.stop(launch);
  };
}
