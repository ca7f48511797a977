/** Which server is responsible for the start of a launch, and what the engine reports about it. */
import type { Engine } from '../ports/engine.ts';
import type { EngineLaunch } from '../ports/engine-launch.ts';
import { maskSecrets } from './environment.ts';
import type { Replicas } from '../server/replicas.ts';
import type { LaunchRecord, Store } from '../ports/store.ts';

/** Facts that are only known once the engine has created it. */
export type LaunchFacts = Pick<LaunchRecord, 'imageDigest' | 'environment'>;

interface OwnershipDeps {
  readonly engine: Pick<Engine, 'environment'>;
  readonly store: Pick<Store, 'launches'>;
  readonly replicas: Pick<Replicas, 'alive'>;
}

export class LaunchOwnership {
  readonly #deps: OwnershipDeps;

  constructor(deps: OwnershipDeps) {
    this.#deps = deps;
  }

  /** Stores these facts; from then on, no server is responsible for its start. */
  async describe(started: EngineLaunch): Promise<LaunchFacts> {
    const { engine, store } = this.#deps;
    const environment = maskSecrets(await engine.environment(started.id));
    const facts = { imageDigest: started.imageDigest, environment };
    await store.launches.describe(started.id, facts);
    return facts;
  }

  /** Whether a running server is responsible for its start. */
  async isOwned({ server }: Pick<LaunchRecord, 'server'>): Promise<boolean> {
    return server !== null && (await this.#deps.replicas.alive()).has(server);
  }
}
