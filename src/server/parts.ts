/** Desktops, displays, launches and the catalogue on one engine and one store, told of each other. */
import type { OwnImage } from '#domain/catalogue/own.ts';
import { visibleTo } from '#domain/catalogue/acl.ts';
import { Catalogue } from '#domain/catalogue/catalogue.ts';
import { EPHEMERAL_ABILITIES } from '#domain/catalogue/runtime.ts';
import type { DebugPolicy } from '#domain/debug/policy.ts';
import type { Looker } from '#domain/debug/rules.ts';
import { DebugSessions } from '#domain/debug/sessions.ts';
import { type DesktopOptions, Desktops } from '#domain/desktops.ts';
import { Displays } from '#domain/displays.ts';
import type { Engine, EngineInfo } from '#domain/engine.ts';
import { Hub } from '#domain/hub.ts';
import { Launches } from '#domain/launches.ts';
import { Replicas } from '#domain/replicas.ts';
import type { Store } from '#domain/store.ts';
import type { Events } from '#events';

type DisplayDeps = ConstructorParameters<typeof Displays>[0];
type CatalogueDeps = Parameters<typeof Catalogue.open>[0];

export interface PartsOptions {
  readonly engine: Engine;
  readonly store: Store;
  readonly events: Events;
  readonly openDisplay: DisplayDeps['open'];
  readonly desktop: DesktopOptions;
  readonly kind: EngineInfo['kind'];
  /** Apps that there is a recipe for. */
  readonly own: readonly OwnImage[];
  readonly classes: CatalogueDeps['classes'];
  readonly stopGraceMs: number;
  /** Who may look into what runs. */
  readonly debug: DebugPolicy;
  /** What tells this server from others on the same store, for people. */
  readonly name: string;
}

export interface Parts extends AsyncDisposable {
  readonly replicas: Replicas;
  readonly hub: Hub;
  readonly desktops: Desktops;
  readonly displays: Displays;
  readonly catalogue: Catalogue;
  readonly launches: Launches;
  readonly debug: DebugSessions;
}

export async function createParts(options: PartsOptions): Promise<Parts> {
  const { engine, store, events, desktop, kind, own, classes, stopGraceMs, debug: policy, name } = options;
  await using stack = new AsyncDisposableStack();
  const replicas = stack.use(await Replicas.join(store, name, events.failed));
  const hub = new Hub();
  const desktops = new Desktops({ engine, store, hub, replicas, options: desktop, events });
  const displays = new Displays({
    engine,
    open: options.openDisplay,
    guess: (desktopId, client) => launches.guess(desktopId, client),
    events: {
      windows(desktopId, windows) {
        const owner = desktops.ownerOf(desktopId);
        if (owner !== null) hub.publish(owner, { type: 'windows', windows: [...windows] });
      },
      mapped: (_desktopId, window) => launches.mapped(window),
    },
  });
  stack.use(displays);
  const catalogue = stack.use(
    await Catalogue.open({
      store,
      replicas,
      images: engine,
      own,
      classes,
      abilities: EPHEMERAL_ABILITIES[kind],
      onProblem: (message, cause) => events.failed(message, cause),
    }),
  );
  const hold = (desktopId: string): (() => void) => displays.hold(desktopId);
  const launches: Launches = new Launches({ engine, store, hub, replicas, apps: catalogue, hold, stopGraceMs, events });
  const mayRun = ({ roles, labels }: Looker, image: string): boolean => {
    const app = catalogue.find(image);
    return app !== null && (roles.includes('admin') || visibleTo(app, labels));
  };
  const debug = stack.use(
    new DebugSessions({ engine, store, hub, replicas, desktops, launches, mayRun, policy, events }),
  );
  const owned = stack.move();
  const parts = { replicas, hub, desktops, displays, catalogue, launches, debug };
  return { ...parts, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
