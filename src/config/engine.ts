/** Settings that only one kind of engine has, for what runs before there is an engine or without one. */
import type { Config, ContainersConfig, KubernetesConfig } from './config.ts';

/** Null when desktops do not run on this machine: then there is nothing to set up here. */
export function localEngine({ engine }: Pick<Config, 'engine'>): ContainersConfig | null {
  return engine.kind === 'containers' ? engine : null;
}

/** Null when desktops do not run in a cluster. */
export function clusterConfig({ engine }: Pick<Config, 'engine'>): KubernetesConfig | null {
  return engine.kind === 'kubernetes' ? engine : null;
}
