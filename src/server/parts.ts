/** Wires desktops, displays, launches and the catalogue on one engine and one store. */
import type { OwnImage } from '#domain/catalogue/own-apps.ts';
import { visibleTo } from '#domain/catalogue/acl.ts';
import { AppStore } from '#domain/catalogue/app-store.ts';
import { Catalogue } from '#domain/catalogue/catalogue.ts';
import type { InstallPolicy } from '#domain/catalogue/install-policy.ts';
import type { AppOffer } from '#domain/catalogue/offers.ts';
import type { DebugPolicy, Requester } from '#domain/debug/policy.ts';
import { DebugSessions } from '#domain/debug/sessions.ts';
import type { ClipboardPolicy } from '#domain/desktops/clipboard-policy.ts';
import { Clipboards } from '#domain/desktops/clipboards.ts';
import { type DesktopOptions, Desktops } from '#domain/desktops/desktops.ts';
import { Displays } from '#domain/desktops/displays.ts';
import { Prints } from '#domain/desktops/prints.ts';
import type { Engine } from '#domain/ports/engine.ts';
import type { LinkPolicy } from '#domain/catalogue/open-with.ts';
import { Openings } from '#domain/opening/openings.ts';
import { EventBus } from '#domain/server/event-bus.ts';
import { Launches } from '#domain/launches/launches.ts';
import { Replicas } from '#domain/server/replicas.ts';
import type { Store } from '#domain/ports/store.ts';
import type { Events } from '#events';
import { WebdavPrintFolder } from '#webdav/print-folder.ts';

type DisplayDeps = ConstructorParameters<typeof Displays>[0];
type CatalogueDeps = Parameters<typeof Catalogue.open>[0];

export interface PartsOptions {
  readonly engine: Engine;
  readonly store: Store;
  readonly events: Events;
  readonly openDisplay: DisplayDeps['open'];
  readonly desktop: DesktopOptions;
  readonly clipboard: ClipboardPolicy;
  /** Whether what moves on the screen is sent as video. */
  readonly video: boolean;
  /** Apps with a recipe. */
  readonly own: readonly OwnImage[];
  /** Apps that can be installed. */
  readonly offers: readonly AppOffer[];
  /** Who installs them, and from where; null if they are built here. */
  readonly apps: InstallPolicy & { readonly registry: string | null };
  readonly classes: CatalogueDeps['classes'];
  readonly stopGraceMs: number;
  readonly launchesPerUser: number;
  /** Who opens links. */
  readonly links: LinkPolicy;
  /** Who may start debug sessions. */
  readonly debug: DebugPolicy;
  /** Distinguishes this server from others on the same store, for people. */
  readonly name: string;
}

export interface Parts extends AsyncDisposable {
  readonly replicas: Replicas;
  readonly hub: EventBus;
  readonly desktops: Desktops;
  readonly displays: Displays;
  readonly clipboards: Clipboards;
  readonly prints: Prints;
  readonly catalogue: Catalogue;
  readonly appStore: AppStore;
  readonly launches: Launches;
  readonly openings: Openings;
  readonly debug: DebugSessions;
}

export async function createParts(options: PartsOptions): Promise<Parts> {
  const { engine, store, events, desktop, own, classes, stopGraceMs, launchesPerUser, debug: policy, name } = options;
  await using stack = new AsyncDisposableStack();
  const replicas = stack.use(await Replicas.join(store, name, events.failed));
  const hub = new EventBus();
  const desktops = new Desktops({ engine, store, hub, replicas, options: desktop, events });
  const displays = new Displays({
    engine,
    open: options.openDisplay,
    guess: (desktopId, client) => launches.guess(desktopId, client),
    hasVideo: (desktopId) => options.video && desktops.hasService(desktopId, 'video'),
    events: {
      windows(desktopId, windows) {
        const owner = desktops.ownerOf(desktopId);
        if (owner !== null) hub.publish(owner, { type: 'windows', windows: [...windows] });
      },
      mapped: (_desktopId, window) => launches.mapped(window),
      copied(desktopId, offer) {
        const owner = desktops.ownerOf(desktopId);
        const { rights } = clipboards;
        if (owner !== null) hub.publish(owner, { type: 'clipboard', rights, offer: clipboards.present(offer) });
      },
      moving(desktopId, regions) {
        const owner = desktops.ownerOf(desktopId);
        if (owner !== null && options.video) hub.publish(owner, { type: 'moving', regions: [...regions] });
      },
      openRequested: (desktopId, text) => void openings.requested(desktopId, text),
    },
  });
  stack.use(displays);
  const clipboards = new Clipboards({ displays, policy: options.clipboard, transferred: events.clipboardTransferred });
  const folder = new WebdavPrintFolder(engine);
  const prints = stack.use(new Prints({ engine, folder, values: store.values, failed: events.failed }));
  const catalogue = stack.use(
    await Catalogue.open({
      store,
      replicas,
      images: engine,
      own,
      offers: options.offers,
      classes,
      capabilities: engine.capabilities,
      failed: (message, cause) => events.failed(message, cause),
    }),
  );
  const { registry, ...installPolicy } = options.apps;
  const appStore = stack.use(
    await AppStore.open({
      catalogue,
      images: engine,
      store,
      policy: installPolicy,
      registry,
      did: (user, action, app) => events.audit(user, action, { app }),
      failed: (what, reason) => events.warn(`${what}: ${reason}`),
    }),
  );
  const hold = (desktopId: string): (() => void) => displays.hold(desktopId);
  const launches: Launches = new Launches({
    engine,
    store,
    hub,
    replicas,
    apps: catalogue,
    hold,
    stopGraceMs,
    launchesPerUser,
    events,
  });
  const { preferences } = store;
  const { links } = options;
  const openings = new Openings({ catalogue, desktops, launches, preferences, hub, links, warn: events.warn });
  const mayRun = ({ roles, labels }: Requester, image: string): boolean => {
    const app = catalogue.find(image);
    return app !== null && (roles.includes('admin') || visibleTo(app, labels));
  };
  const debug = stack.use(
    new DebugSessions({ engine, store, hub, replicas, desktops, launches, mayRun, policy, events }),
  );
  const owned = stack.move();
  const parts = {
    replicas,
    hub,
    desktops,
    displays,
    clipboards,
    prints,
    catalogue,
    appStore,
    launches,
    openings,
    debug,
  };
  return { ...parts, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
