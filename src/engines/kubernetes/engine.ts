/** The `kubernetes` engine. Puts its parts together. */
import type { KubernetesConfig } from '#config/config.ts';
import type { Engine } from '#domain/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { WindowManagerReady } from '../open.ts';

export interface KubernetesEngineOptions {
  readonly config: KubernetesConfig;
  /** Size of the shared memory of a desktop, bytes. */
  readonly shmBytes: number;
  readonly windowManagerReady: WindowManagerReady;
}

export async function createKubernetesEngine(options: KubernetesEngineOptions): Promise<Engine> {
  throw new DeskpodError('engine_unavailable', `The cluster of ${options.config.namespace} cannot be reached.`);
}
