/** Opens the engine that the configuration names: another one is one more folder and one more case here. */
import type { Duplex } from 'node:stream';
import type { Config } from '#config/config.ts';
import type { Engine } from '#domain/engine.ts';
import type { SecretShelf } from '#domain/secret-shelf.ts';

/** Resolves when a window manager manages the display; rejects when the signal aborts first. */
export type WindowManagerReady = (
  connect: () => Promise<Duplex>,
  xCookie: string,
  signal: AbortSignal,
) => Promise<void>;

export interface EngineParts {
  /** The recipes of our own images. */
  readonly imagesDir: string;
  readonly windowManagerReady: WindowManagerReady;
}

/** Rejects with `engine_unavailable` when there is none. Only the code of the chosen one is loaded. */
export async function openEngine(config: Config, parts: EngineParts): Promise<Engine> {
  const { engine, dataDir, runDir } = config;
  const { shmBytes } = config.desktop;
  switch (engine.kind) {
    case 'containers': {
      const { createContainersEngine } = await import('./containers/engine.ts');
      const { socket, baseImage } = engine;
      return await createContainersEngine({ ...parts, socket, baseImage, dataDir, runDir, shmBytes });
    }
    case 'kubernetes': {
      const { createKubernetesEngine } = await import('./kubernetes/engine.ts');
      return await createKubernetesEngine({ ...parts, config: engine, shmBytes });
    }
    default:
      return engine satisfies never;
  }
}

/** Where replicas share small secrets; null where there is one server and its folder is enough. */
export async function openShelf({ engine }: Config): Promise<SecretShelf | null> {
  if (engine.kind !== 'kubernetes') return null;
  const { createSecretShelf } = await import('./kubernetes/secret-shelf.ts');
  return createSecretShelf(engine);
}
