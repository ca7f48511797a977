/**
 * Servers that start launches on one fake engine and one real store: any number of them, each with its own browsers.
 */
import type { Identity } from '#domain/ports/auth.ts';
import type { Engine } from '#domain/ports/engine.ts';
import { EventBus } from '#domain/server/event-bus.ts';
import type { Deadlines } from '#domain/launches/deadlines.ts';
import { Launches } from '#domain/launches/launches.ts';
import { Replicas } from '#domain/server/replicas.ts';
import type { Store } from '#domain/ports/store.ts';
import type { Runtime } from '#protocol/app.ts';
import type { ServerEvent } from '#protocol/events.ts';
import type { Launch } from '#protocol/launch.ts';
import type { AppDocument } from '#protocol/manager.ts';
import { aRunningDesktop } from '../fixtures/engine-samples.ts';
import { anAppDocument } from '../fixtures/store-samples.ts';

export const FRY: Identity = {
  user: { id: 'fry', name: 'Philip J. Fry', provider: 'directory', labels: [], roles: ['user'] },
  account: { userId: 'fry', displayName: 'Philip J. Fry', provider: 'directory', uid: 2042, gid: 12042 },
};
const GAME = anAppDocument('localhost/deskpod/2048-gtk:1', {
  cmd: ['/usr/games/gnome-2048'],
  path: '/usr/games/gnome-2048',
  launch: 'gnome-2048.gnome-2048',
  name: '2048-gtk',
  displayname: '2048 GTK',
  executablefilename: 'gnome-2048',
});
export const DESKTOP = { id: 'fry-00001', env: { TZ: 'Europe/Vienna' }, entries: { finished: 0, most: null } };

export const RUNNING = aRunningDesktop({ id: DESKTOP.id, userId: 'fry', entries: DESKTOP.entries });

export interface FakeServer {
  readonly launches: Launches;
  readonly replicas: Replicas;
  /** Events for the user's browsers on this server. */
  readonly told: ServerEvent[];
  /** Ends of launches in this server's log. */
  readonly logged: Launch[];
  /** The number of users of the display. */
  readonly held: () => number;
  readonly start: (more?: { env?: Record<string, string>; args?: string[] }) => Promise<Launch>;
  /** Waits until a browser gets an event with a matching launch. */
  readonly until: (fits: (launch: Launch) => boolean) => Promise<Launch>;
}

export interface FakeServerOptions {
  readonly deadlines?: Partial<Deadlines>;
  readonly launchesPerUser?: number;
  /** The server's error reports; by default they fail the test. */
  readonly failed?: (what: string, cause: unknown) => void;
}

export async function aServer(
  engine: Engine,
  store: Store,
  name = 'server',
  { deadlines = {}, failed = fail, launchesPerUser = 32 }: FakeServerOptions = {},
): Promise<FakeServer> {
  const hub = new EventBus();
  const told: ServerEvent[] = [];
  hub.subscribe('fry', (event) => void told.push(event));
  const logged: Launch[] = [];
  const replicas = await Replicas.join(store, name, failed);
  let held = 0;
  const launches = new Launches({
    engine,
    store,
    hub,
    replicas,
    apps: {
      startable: async () => GAME,
      resolve: (app: AppDocument, wanted: Runtime | undefined) => ({
        runtime: wanted ?? app.containerengine,
        limits: { processes: 100 },
        executeClass: 'default',
        pod: {},
      }),
      imageReference: (app: AppDocument) => app.id,
      isInstalled: async () => true,
      install: async () => {},
    },
    hold: () => {
      held += 1;
      return () => void (held -= 1);
    },
    stopGraceMs: 1000,
    launchesPerUser,
    events: {
      launchStarted() {},
      launchFinished: (launch) => void logged.push(launch),
      failed,
    },
    deadlines,
  });
  return {
    launches,
    replicas,
    told,
    logged,
    held: () => held,
    start: (more = {}) => launches.start(FRY, DESKTOP, { app: '2048-gtk', env: {}, args: [], ...more }),
    until: (fits) => eventually(() => launchesIn(told).find(fits)),
  };
}

function fail(what: string, cause: unknown): never {
  throw new Error(what, { cause });
}

export function launchesIn(told: readonly ServerEvent[]): Launch[] {
  return told.flatMap((event) => (event.type === 'launch' ? [event.launch] : []));
}

/** Longer than any step here. */
const LONGEST_MS = 30_000;

/** Lets the program run until there is a result: at first at full speed, then without using a whole CPU. */
export async function eventually<T>(answer: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const giveUpAt = performance.now() + LONGEST_MS;
  for (let turn = 0; performance.now() < giveUpAt; turn += 1) {
    const found = await answer();
    if (found !== undefined) return found;
    await new Promise((resolve) => (turn < 1000 ? setImmediate(resolve) : setTimeout(resolve, 10)));
  }
  throw new Error('it never came');
}
