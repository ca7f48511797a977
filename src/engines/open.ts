/** Opens the engine that the configuration names: another one is one more folder and one more case here. */
import type { Config } from '#config/config.ts';
import type { WindowManagerReady } from '#domain/ports/display.ts';
import type { Engine, EngineEvents } from '#domain/ports/engine.ts';
import type { SecretStore } from '#domain/ports/secret-store.ts';

export interface EngineParts {
  /** The recipes of our own images. */
  readonly imagesDir: string;
  readonly windowManagerReady: WindowManagerReady;
  /** The group of the server process, which connects to the sockets of desktops; null if this process does. */
  readonly serverGid?: number | null;
  /** See `RemoteEngineOptions`. */
  readonly whenLost?: () => Promise<void>;
  readonly events: EngineEvents;
}

/** Rejects with `engine_unavailable` when there is none. Only the code of the chosen one is loaded. */
export async function openEngine(config: Config, parts: EngineParts): Promise<Engine> {
  const { engine, dataDir, runDir } = config;
  const { shmBytes, languages, fonts, wallpapers } = config.desktop;
  switch (engine.kind) {
    case 'containers': {
      if (engine.process !== null) {
        const { openRemoteEngine } = await import('./remote/client.ts');
        const { connectDesktop } = await import('./containers/desktops/connect.ts');
        const connect = connectDesktop.bind(null, runDir);
        return await openRemoteEngine({ ...parts, socket: engine.process, connect });
      }
      const { createContainersEngine } = await import('./containers/engine.ts');
      const { socket, baseImage, egress, services } = engine;
      const { desktop: desktopLimits, tmp: tmpBytes } = config.limits;
      const shared = config.files.shared.flatMap(({ name, path, readOnly, gid }) =>
        path === null ? [] : [{ name, path, readOnly, gid }],
      );
      const own = {
        shared,
        socket,
        baseImage,
        egress,
        services,
        languages,
        fonts,
        wallpapers,
        desktopLimits,
        tmpBytes,
      };
      return await createContainersEngine({ ...parts, ...own, dataDir, runDir, shmBytes });
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
export async function openSecretStore({ engine }: Config): Promise<SecretStore | null> {
  if (engine.kind !== 'kubernetes') return null;
  const { createSecretStore } = await import('./kubernetes/cluster/secret-store.ts');
  return createSecretStore(engine);
}
