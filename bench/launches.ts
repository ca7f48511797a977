/** An app from the request to its mapped window, beside `podman run` to the same. */
import { openDisplay } from '#display/open.ts';
import type { Runtime } from '#protocol/app.ts';
import { desktopFacts, displayOf } from './desktop-facts.ts';
import { Peer } from './peer.ts';
import type { Row } from './report.ts';
import { desktopRuns, type Stage, TIMEOUT_MS } from './stage.ts';

const APPS = [
  { app: 'terminal', wmClass: 'xterm.XTerm' },
  { app: '2048-gtk', wmClass: 'org.gnome.TwentyFortyEight.Gnome-2048' },
  { app: '2048-qt', wmClass: '2048-qt.2048-qt' },
] as const;

export async function launches(stage: Stage, runs: number): Promise<Row[]> {
  const rows: Row[] = [];
  await desktopRuns(stage.client);
  for (const app of APPS) {
    for (const runtime of ['ephemeral_container', 'pod_application'] as const)
      rows.push(await launchesOf(stage, runs, app, runtime));
  }
  return rows;
}

async function launchesOf(
  { client, product }: Stage,
  runs: number,
  { app, wmClass }: (typeof APPS)[number],
  runtime: Runtime,
): Promise<Row> {
  const name = runtime === 'ephemeral_container' ? 'in the desktop' : 'as a pod';
  const row: Row = { what: `${app} ${name}: POST to window mapped`, peer: 'podman run', ours: [], peers: [] };
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
    // The first of each warms caches.
    if (turn > 0) {
      row.ours.push(ours);
      row.peers.push(theirs);
    }
  }
  await peer.clean();
  return row;
}
