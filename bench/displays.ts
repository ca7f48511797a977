/** Where the X display of Philip J. Fry's desktop is, on this machine or in the cluster of `KUBECONFIG`. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { secretName } from '#engines/kubernetes/cluster/names.ts';
import { desktopFacts } from './desktop-facts.ts';
import type { Load } from './load.ts';
import { type Stage, TIMEOUT_MS } from './stage.ts';

const USER = 'fry';
const Pods = z.object({
  items: z.tuple([
    z.object({ metadata: z.object({ namespace: z.string() }), status: z.object({ podIP: z.string() }) }),
  ]),
});
const Secret = z.object({ data: z.object({ cookie: z.base64() }) });

export async function displayOfFry({ product, client }: Stage): Promise<Load['display']> {
  if (product.stage === null) {
    const { runDir, desktopId, xCookie } = await desktopFacts(product);
    return { at: { path: join(runDir, 'desktops', desktopId, 'x11', 'X0') }, cookie: xCookie };
  }
  const { id } = await client.desktop.get();
  const pods = await kubectl('get', 'pods', '-A', '--field-selector', `metadata.name=${id}`);
  const [{ metadata, status }] = Pods.parse(pods).items;
  const secret = await kubectl('get', 'secret', secretName('x11', USER), '-n', metadata.namespace);
  const cookie = Buffer.from(Secret.parse(secret).data.cookie, 'base64').toString();
  return { at: { host: status.podIP, port: 6000 }, cookie };
}

async function kubectl(...args: readonly string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)('kubectl', [...args, '-o', 'json'], { timeout: TIMEOUT_MS });
  return JSON.parse(stdout);
}
