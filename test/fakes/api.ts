/**
 * The HTTP routes on a fake engine, with the real store, directory, tokens and catalogue: for tests without containers.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { ANY_HOST } from '#domain/server/hosts.ts';
import { LoginLinks } from '#auth/login-links.ts';
import { createAnonymous } from '#auth/anonymous.ts';
import { createAttempts } from '#auth/login-attempts.ts';
import { gatewayToken } from '#auth/gateway-token.ts';
import { createTickets } from '#auth/tickets.ts';
import { createUserTokens, sessionCookie } from '#auth/user-tokens.ts';
import type { Authenticator } from '#domain/ports/auth.ts';
import type { InstallPolicy } from '#domain/catalogue/install-policy.ts';
import { offerFacts } from '#domain/catalogue/offers.ts';
import { documentOfOwn } from '#domain/catalogue/own-apps.ts';
import type { OpenDisplay } from '#domain/ports/display.ts';
import type { DebugPolicy } from '#domain/debug/policy.ts';
import type { ClipboardPolicy } from '#domain/desktops/clipboard-policy.ts';
import { Attendance } from '#domain/desktops/attendance.ts';
import { Rebuilds } from '#domain/desktops/rebuilds.ts';
import { DeskpodError } from '#domain/errors.ts';
import { HomeArchives } from '#domain/desktops/home-files.ts';
import { HomeSizes } from '#domain/desktops/home-sizes.ts';
import type { ConnectionLimits } from '#domain/server/open-connections.ts';
import { type GuestLimits, Guests } from '#domain/server/guests.ts';
import { AccessTokens } from '#domain/server/access-tokens.ts';
import { SessionEnds } from '#domain/server/session-ends.ts';
import { createEvents } from '#events';
import { apiRoutes } from '#http/api.ts';
import type { ApiContext } from '#http/context.ts';
import { endDesktop } from '#http/end-desktop.ts';
import { createTrustedProxies, applyTrustedProxies } from '#http/trusted-proxies.ts';
import { healthRoutes } from '#http/health.ts';
import { plainServer } from '#http/listen.ts';
import { buildServer } from '#http/server.ts';
import { ClipboardType, MAX_COPIED_BYTES } from '#protocol/clipboard.ts';
import { DebugProfile } from '#protocol/debug.ts';
import { Session } from '#protocol/user.ts';
import { createParts } from '#server/parts.ts';
import { localUsers } from '#server/users.ts';
import { openStore } from '#store/open.ts';
import { z } from 'zod';
import { demoDirectory } from './directory.ts';
import { FakeEngine } from './engine.ts';
import { LIMITS } from '../fixtures/limits.ts';
import { testKeys } from './keys.ts';

export interface FakeApi extends AsyncDisposable {
  readonly app: FastifyInstance;
  readonly engine: FakeEngine;
  readonly context: ApiContext;
  /** The folder with the keys. */
  readonly folder: string;
  /** Logs in and returns the bearer token. */
  login(name: string, password?: string): Promise<string>;
}

/** `directory` replaces the demo users, `openDisplay` the missing screen; other options replace the fake's own parts. */
export async function fakeApi({
  directory,
  policy = OPEN_POLICY,
  openDisplay = noScreen,
  limits = LIMITS,
  launchesPerUser = 32,
  clipboard = {},
  installs = 'administrators',
  sharedFolders = [],
  ...more
}: Partial<ApiContext> & {
  directory?: Authenticator;
  policy?: DebugPolicy;
  openDisplay?: OpenDisplay;
  limits?: ConnectionLimits & GuestLimits;
  launchesPerUser?: number;
  clipboard?: Partial<ClipboardPolicy>;
  /** Who can install apps. */
  installs?: InstallPolicy['install'];
} = {}): Promise<FakeApi> {
  const stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'deskpod-api-'));
  stack.defer(() => rm(folder, { recursive: true }));
  const engine = new FakeEngine();
  for (const { reference, labels } of RECIPES) engine.labelsOf.set(reference, labels);
  const store = stack.use(await openStore({ kind: 'sqlite', file: ':memory:' }));
  const keys = await testKeys(folder);
  const events = createEvents({ level: 'silent', format: 'json' });
  const parts = stack.use(
    await createParts({
      engine,
      store,
      events,
      openDisplay,
      desktop: {
        image: 'localhost/deskpod/desktop:1',
        env: {},
        x11Tcp: true,
        limits: {},
        languages: [],
        shared: sharedFolders,
      },
      clipboard: {
        direction: 'both',
        types: ClipboardType.options,
        maxBytes: MAX_COPIED_BYTES,
        history: false,
        ...clipboard,
      },
      video: true,
      own: RECIPES,
      offers: RECIPES.map((own) => ({ document: documentOfOwn(own), ...offerFacts(own.labels), picture: null })),
      apps: { install: installs, perUser: 5, installingPerUser: 1, registry: null },
      classes: { default: { limits: {} } },
      stopGraceMs: 1,
      launchesPerUser,
      links: 'desktop',
      debug: policy,
      name: 'fake',
    }),
  );
  const viewers = { closeSession() {}, closeUser() {}, closeDesktop() {} };
  const ends = stack.use(
    new SessionEnds({ ...parts, store, viewers, longestSessionSeconds: 3600, limits, failed: events.failed }),
  );
  const gateway = ends.viewers;
  const end = (desktopId: string): Promise<void> => endDesktop({ ...parts, engine, gateway }, desktopId);
  const connected = (): string[] => ends.sessions.connections.users();
  const attendance = stack.use(new Attendance({ values: store.values, connected, failed: events.failed }));
  const rebuilds = new Rebuilds({
    ...parts,
    attendance,
    engine,
    store,
    idleSeconds: 120,
    endDesktop: end,
    failed: events.failed,
  });
  const users = localUsers(store, ends);
  const context: ApiContext = {
    engine,
    store,
    ...parts,
    rebuilds,
    guests: new Guests({ limits, isShared: () => false, store, engine, endDesktop: end, failed: events.failed }),
    archives: new HomeArchives(engine),
    homeSizes: new HomeSizes({
      engine,
      limitBytes: 20 * 1024 ** 3,
      notify: (...notice) => rebuilds.notify(...notice),
      failed: events.failed,
    }),
    files: { upload: true, download: true, webdav: true, maxUploadBytes: null, maxDownloadBytes: null },
    sharedFolders,
    events,
    authenticators: [directory ?? demoDirectory(store), createAnonymous(store)],
    links: new LoginLinks(store),
    users,
    accessTokens: new AccessTokens({ store, users, sessionEnds: ends }),
    attendance,
    attempts: createAttempts(),
    tokens: createUserTokens({ keys, seconds: 3600 }),
    tickets: createTickets({ keys, seconds: 420 }),
    revocations: ends.revocations,
    sessions: ends.sessions,
    sessionEnds: ends,
    cookieName: sessionCookie(keys),
    localToken: 'the-local-token-of-the-test',
    gateway,
    closings: ends.closings,
    stopping: new AbortController().signal,
    closingsToken: gatewayToken(keys, 'closings'),
    warnings: () => [{ text: 'A key is short.', commands: ['kubectl delete secret x'] }],
    version: '0.0.0',
    server: { name: 'test', roles: ['api', 'gateway'], path: '/' },
    x11Tcp: true,
    video: true,
    sound: { output: true, microphone: true },
    dock: [],
    ...more,
  };
  const { app, listening } = await buildServer({
    events,
    listen: plainServer,
    plugins: [apiRoutes(context), healthRoutes([])],
    userOf: ({ claims }) => claims?.user.id ?? null,
  });
  applyTrustedProxies(
    listening.servers,
    createTrustedProxies({
      trustedProxies: [],
      gatewayToken: gatewayToken(keys, 'forward'),
      path: '/',
      hosts: ANY_HOST,
    }),
  );
  stack.defer(() => app.close());
  return {
    app,
    engine,
    context,
    folder,
    async login(name, password = name) {
      const payload = { provider: 'directory', name, password };
      const reply = await app.inject({
        method: 'POST',
        url: '/api/v1/session',
        payload,
        headers: { 'x-deskpod': '1' },
      });
      return Session.extend({ token: z.string() }).parse(reply.json()).token;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

const noScreen: OpenDisplay = async () => {
  throw new DeskpodError('engine_unavailable', 'The fake has no screen.');
};

export const OPEN_POLICY: DebugPolicy = {
  own: true,
  profiles: { user: ['restricted'], support: ['restricted'], admin: [...DebugProfile.options] },
  images: ['localhost/deskpod/toolbox:1', 'localhost/deskpod/toolbox-large:1'],
  ttlSeconds: 3600,
  approvableSeconds: 60,
  unansweredSeconds: 600,
};

export const LABELS = {
  'oc.name': 'game',
  'oc.launch': 'game.Game',
  'oc.icon': 'game.svg',
  'oc.displayname': 'Game',
  'oc.keyword': 'game',
  'oc.containerengine': 'pod_application',
};

/** In the catalogue at first, and in the app store only. */
const RECIPES = [
  { reference: 'localhost/deskpod/game:1', labels: LABELS, command: ['/bin/game'] },
  {
    reference: 'localhost/deskpod/sketch:1',
    labels: { ...LABELS, 'oc.name': 'sketch', 'oc.displayname': 'Sketch', 'oc.install': 'optional' },
    command: ['/bin/sketch'],
  },
];
