/** A desktop from nothing to the first bytes of its screen, beside `podman run` to the same. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { desktopFacts } from './desktop-facts.ts';
import { Peer } from './peer.ts';
import type { Row } from './report.ts';
import { desktopRuns, type Stage, TIMEOUT_MS } from './stage.ts';

export async function desktops(stage: Stage, runs: number): Promise<Row[]> {
  const row: Row = { what: 'cold desktop: POST to first RFB bytes', peer: 'podman run', ours: [], peers: [] };
  await coldDesktop(stage);
  for (let turn = 0; turn <= runs; turn += 1) {
    const peer = new Peer(await desktopFacts(stage.product));
    await peer.prepare();
    const theirs = await peer.desktop();
    await theirs.end();
    await stage.client.desktop.remove();
    const ours = await coldDesktop(stage);
    // The first of each warms caches.
    if (turn > 0) {
      row.ours.push(ours);
      row.peers.push(theirs.ms);
    }
  }
  return [row];
}

async function coldDesktop({ client, product }: Stage): Promise<number> {
  const begun = performance.now();
  await desktopRuns(client);
  const { token: ticket } = await client.desktop.ticket();
  const socket = new WebSocket(`${product.address.replace('http', 'ws')}/api/v1/screen`, [
    'binary',
    `deskpod.ticket.${ticket}`,
  ]);
  await once(socket, 'message', { signal: AbortSignal.timeout(TIMEOUT_MS) });
  const ms = performance.now() - begun;
  socket.terminate();
  return ms;
}
