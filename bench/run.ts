/**
 * `npm run bench`: how long people wait, beside the same thing done with the engine's own command line in the same run,
 * turn by turn. Ratios and medians; a number alone says little on a busy machine. `-- --runs N` (7), `--json`.
 */
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { WebSocket } from 'ws';
import { createClient } from '#client/client.ts';
import type { Runtime } from '#protocol/app.ts';
import type { ServerEvent } from '#protocol/events.ts';
import { openDisplay } from '#display/open.ts';
import { createProgress } from '#setup/progress.ts';
import { setUp } from '#setup/setup.ts';
import { DATA, Product, RUN } from '../test/e2e/product.ts';
import { desktopFacts, displayOf } from './desktop-facts.ts';
import { Peer } from './peer.ts';

const ROOT = new URL('..', import.meta.url).pathname;
const TIMEOUT_MS = 60_000;
const APPS = [
  { app: 'terminal', wmClass: 'xterm.XTerm' },
  { app: '2048-gtk', wmClass: 'org.gnome.TwentyFortyEight.Gnome-2048' },
  { app: '2048-qt', wmClass: '2048-qt.2048-qt' },
] as const;
const { values } = parseArgs({
  options: { runs: { type: 'string', default: '7' }, json: { type: 'boolean', default: false } },
});
const runs = Math.max(3, Number(values.runs));

const places = { root: ROOT, dataDir: DATA, runDir: RUN, baseImage: null, engineSocket: null, listen: null };
await setUp(places, createProgress(process.stderr), new AbortController().signal);
await using product = await Product.start();
const anonymous = createClient({ baseUrl: product.address });
const { token } = await anonymous.session.login({ provider: 'directory', name: 'fry', password: 'fry' });
const client = createClient({ baseUrl: product.address, token });

interface Row {
  readonly what: string;
  readonly ours: number[];
  readonly peers: number[];
}
const rows: Row[] = [];

rows.push(await desktops());
for (const app of APPS) {
  for (const runtime of ['ephemeral_container', 'pod_application'] as const) rows.push(await launches(app, runtime));
}
await client.session.logout();
report(rows);

/** POST to the first bytes of the screen, from nothing. */
async function desktops(): Promise<Row> {
  const row: Row = { what: 'cold desktop: POST to first RFB bytes', ours: [], peers: [] };
  await coldDesktop();
  for (let turn = 0; turn <= runs; turn += 1) {
    const peer = new Peer(await desktopFacts(product));
    await peer.prepare();
    const theirs = await peer.desktop();
    await theirs.end();
    await client.desktop.remove();
    const ours = await coldDesktop();
    // The first of each warms caches.
    if (turn > 0) {
      row.ours.push(ours);
      row.peers.push(theirs.ms);
    }
  }
  return row;
}

async function coldDesktop(): Promise<number> {
  const stop = new AbortController();
  const running = Promise.withResolvers<void>();
  await listen(stop.signal, (event) => {
    if (event.type === 'desktop' && event.desktop.status.state === 'running') running.resolve();
    if (event.type === 'desktop' && event.desktop.status.state === 'failed')
      running.reject(new Error(event.desktop.status.reason));
  });
  const begun = performance.now();
  await client.desktop.start({ width: 1280, height: 800 });
  await running.promise;
  const { token: ticket } = await client.desktop.ticket();
  const socket = new WebSocket(`${product.address.replace('http', 'ws')}/api/v1/screen`, [
    'binary',
    `deskpod.ticket.${ticket}`,
  ]);
  await once(socket, 'message', { signal: AbortSignal.timeout(TIMEOUT_MS) });
  const ms = performance.now() - begun;
  socket.terminate();
  stop.abort();
  return ms;
}

/** POST to the mapped window of an app, beside `podman run` to the same. */
async function launches({ app, wmClass }: (typeof APPS)[number], runtime: Runtime): Promise<Row> {
  const name = runtime === 'ephemeral_container' ? 'in the desktop' : 'as a pod';
  const row: Row = { what: `${app} ${name}: POST to window mapped`, ours: [], peers: [] };
  const facts = await desktopFacts(product);
  const peer = new Peer(facts);
  await peer.prepare();
  await using display = await openDisplay(displayOf(facts), AbortSignal.timeout(TIMEOUT_MS));
  const mapped = (): Promise<number> => {
    const { promise, resolve } = Promise.withResolvers<number>();
    const stop = display.onMapped((window) => {
      if (window.wmClass !== wmClass) return;
      stop();
      resolve(performance.now());
    });
    return promise;
  };
  for (let turn = 0; turn <= runs; turn += 1) {
    const theirWindow = mapped();
    const theirStart = performance.now();
    const end = await peer.launch(app, runtime);
    const theirs = (await theirWindow) - theirStart;
    await end();
    const ourWindow = mapped();
    const ourStart = performance.now();
    const launch = await client.launches.start({ app, runtime });
    const ours = (await ourWindow) - ourStart;
    await client.launches.stop(launch.id);
    if (turn > 0) {
      row.ours.push(ours);
      row.peers.push(theirs);
    }
  }
  await peer.clean();
  return row;
}

/** Resolves when the stream stands. */
async function listen(signal: AbortSignal, each: (event: ServerEvent) => void): Promise<void> {
  const first = Promise.withResolvers<void>();
  const read = async (): Promise<void> => {
    for await (const event of client.events({ signal })) {
      first.resolve();
      each(event);
    }
  };
  read().catch(first.reject);
  await first.promise;
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function report(all: readonly Row[]): void {
  const table = all.map(({ what, ours, peers }) => ({
    what,
    'ours ms': Math.round(median(ours)),
    'podman run ms': Math.round(median(peers)),
    ratio: Number((median(ours) / median(peers)).toFixed(2)),
    runs: ours.length,
  }));
  if (values.json) console.log(JSON.stringify(table));
  else console.table(table);
}
