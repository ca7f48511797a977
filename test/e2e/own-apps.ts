/** Apps of which there is a recipe, but that aren't in the catalogue of the tests. */
import { isStatus } from '#containers-client/api.ts';
import type { App } from '#protocol/app.ts';
import { exportOwnApp } from '#setup/own-apps.ts';
import { eventually } from './faults-kit.ts';
import { engineApi } from './machine.ts';
import type { Product } from './product.ts';
import { ROOT } from './tools.ts';

/** Whether its image is there, so that it starts without minutes of building. */
export async function hasImage({ stage }: Product, name: string): Promise<boolean> {
  if (stage !== null) {
    const [registry, ...folders] = stage.registry.split('/');
    const manifest = `http://${registry}/v2/${[...folders, name].join('/')}/manifests/1`;
    const accept = 'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json';
    return (await fetch(manifest, { method: 'HEAD', headers: { accept }, signal: AbortSignal.timeout(10_000) })).ok;
  }
  try {
    await engineApi.text('GET', `/images/localhost/deskpod/${name}:1/json`);
    return true;
  } catch (error) {
    if (isStatus(error, 404)) return false;
    throw error;
  }
}

/** Adds the app to the catalogue, or replaces its entry, and waits until it can be started; its image may be built meanwhile. */
export async function installOwnApp(product: Product, name: string, withinMs: number): Promise<App> {
  const client = await product.administrator();
  const find = async () => (await client.apps.list()).find((one) => one.name === name);
  await add(product, name);
  await client.apps.install(name);
  return await eventually(
    `${name} is installed`,
    async () => {
      const found = await find();
      if (found?.availability.state === 'unavailable') throw new Error(found.availability.reason);
      return found?.availability.state === 'ready' ? found : null;
    },
    withinMs,
  );
}

async function add(product: Product, name: string): Promise<void> {
  const { address, stage } = product;
  const registry = stage === null ? {} : { registry: stage.registry };
  const reply = await fetch(`${address}/API/manager/image`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await product.administratorToken()}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(exportOwnApp(ROOT, name, { ...registry, as: `${name}:1` })),
  });
  if (!reply.ok) throw new Error(await reply.text());
}
