/** References of Deskpod's own images. Pure. */
import type { Config, KubernetesConfig } from './config.ts';

/** On one machine, where they are built; in a cluster, by digest where there is one, by tag otherwise. */
export function ownImages(engine: Config['engine']): (name: string) => string {
  return engine.kind === 'containers'
    ? (name) => `localhost/deskpod/${name}:1`
    : (name) => clusterImage(engine.images, name);
}

export function clusterImage({ registry, tag, digests }: KubernetesConfig['images'], name: string): string {
  const digest = digests[name];
  return digest === undefined ? `${registry}/${name}:${tag}` : `${registry}/${name}@${digest}`;
}
