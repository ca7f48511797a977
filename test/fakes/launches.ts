/** Servers that start launches on one fake engine and one real store: as many as a test wants, each with browsers of its own. */
import type { Identity } from '#domain/auth.ts';
import type { EngineDesktop } from '#domain/engine.ts';
import { Hub } from '#domain/hub.ts';
import { Launches } from '#domain/launches.ts';
import { Replicas } from '#domain/replicas.ts';
import type { Store } from '#domain/store.ts';
import type { Runtime } from '#protocol/app.ts';
import type { ServerEvent } from '#protocol/events.ts';
import type { Launch } from '#protocol/launch.ts';
import type { AppDocument } from '#protocol/manager.ts';
import type { FakeEngine } from './engine.ts';

export const FRY: Identity = {
  user: { id: 'fry', name: 'Philip J. Fry', provider: 'directory', labels: [], roles: ['user'] },
  account: { userId: 'fry', displayName: 'Philip J. Fry', provider: 'directory', uid: 2042, gid: 12042 },
};
const GAME: AppDocument = {
  cmd: ['/usr/games/gnome-2048'],
  path: '/usr/games/gnome-2048',
  sha_id: 'sha256:1',
  id: 'localhost/deskpod/2048-gtk:1',
  architecture: 'amd64',
  os: 'linux',
  rules: {},
  acl: { permit: ['all'] },
  launch: 'gnome-2048.gnome-2048',
  wm_class: null,
  name: '2048-gtk',
  icon: '2048.svg',
  icondata: null,
  keyword: '2048',
  uniquerunkey: null,
  cat: 'games',
  args: null,
  execmode: null,
  showinview: null,
  displayname: '2048 GTK',
  comment: null,
  desktopfile: null,
  executeclassname: null,
  executablefilename: 'gnome-2048',
  usedefaultapplication: false,
  mimetype: [],
  fileextensions: [],
  legacyfileextensions: [],
  secrets_requirement: null,
  containerengine: 'ephemeral_container',
  securitycontext: {},
  created: null,
};
export const DESKTOP = { id: 'fry-00001', env: { TZ: 'Europe/Vienna' }, entries: { finished: 0, most: null } };

export const RUNNING: EngineDesktop = {
  id: DESKTOP.id,
  userId: 'fry',
  state: 'running',
  createdAt: new Date(),
  regional: { timezone: null, locale: null },
  address: null,
  place: 'nowhere',
  screen: null,
  uid: DESKTOP.id,
  entries: DESKTOP.entries,
};

export interface FakeServer {
  readonly launches: Launches;
  readonly replicas: Replicas;
  /** What the browsers of the user at this server were told. */
  readonly told: ServerEvent[];
  /** Ends of launches that this server wrote into its log. */
  readonly logged: Launch[];
  /** How many hold the display. */
  readonly held: () => number;
  readonly start: (more?: { env?: Record<string, string>; args?: string[] }) => Promise<Launch>;
  /** Waits until a browser is told of a launch like that. */
  readonly until: (fits: (launch: Launch) => boolean) => Promise<Launch>;
}

export async function aServer(engine: FakeEngine, store: Store, name = 'server'): Promise<FakeServer> {
  const hub = new Hub();
  const told: ServerEvent[] = [];
  hub.subscribe('fry', (event) => void told.push(event));
  const logged: Launch[] = [];
  const replicas = await Replicas.join(store, name, (what, cause) => {
    throw new Error(what, { cause });
  });
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
    events: {
      launchStarted() {},
      launchFinished: (launch) => void logged.push(launch),
      failed(what, cause) {
        throw new Error(what, { cause });
      },
    },
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

export function launchesIn(told: readonly ServerEvent[]): Launch[] {
  return told.flatMap((event) => (event.type === 'launch' ? [event.launch] : []));
}

/** Longer than anything here takes. */
const LONGEST_MS = 30_000;

/** Lets the program go on until there is an answer: at first as fast as it goes, then without keeping a processor busy. */
export async function eventually<T>(answer: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const giveUpAt = performance.now() + LONGEST_MS;
  for (let turn = 0; performance.now() < giveUpAt; turn += 1) {
    const found = await answer();
    if (found !== undefined) return found;
    await new Promise((resolve) => (turn < 1000 ? setImmediate(resolve) : setTimeout(resolve, 10)));
  }
  throw new Error('it never came');
}
