/** The HTTP side on a fake engine, with the real store, directory, tokens and catalogue: for tests without containers. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { createAnonymous } from '#auth/anonymous.ts';
import { createAttempts } from '#auth/attempts.ts';
import { createDirectory } from '#auth/directory.ts';
import { gatewayToken } from '#auth/gateway-token.ts';
import { loadKeys } from '#auth/keys.ts';
import { createTickets } from '#auth/tickets.ts';
import { createUserTokens } from '#auth/user-tokens.ts';
import type { Authenticator } from '#domain/auth.ts';
import { Closings } from '#domain/closings.ts';
import type { DebugPolicy } from '#domain/debug/policy.ts';
import { Compactions } from '#domain/compaction/compactions.ts';
import { DeskpodError } from '#domain/errors.ts';
import { Revocations } from '#domain/revocations.ts';
import { createEvents } from '#events';
import { apiRoutes } from '#http/api.ts';
import type { ApiContext } from '#http/context.ts';
import { endDesktop } from '#http/end-desktop.ts';
import { createDoor, placeDoor } from '#http/door.ts';
import { healthRoutes } from '#http/health.ts';
import { plainServer } from '#http/listen.ts';
import { buildServer } from '#http/server.ts';
import { DebugProfile } from '#protocol/debug.ts';
import { Session } from '#protocol/user.ts';
import { createParts } from '#server/parts.ts';
import { openStore } from '#store/open.ts';
import { z } from 'zod';
import { FakeEngine } from './engine.ts';

export interface FakeApi extends AsyncDisposable {
  readonly app: FastifyInstance;
  readonly engine: FakeEngine;
  readonly context: ApiContext;
  /** With the keys. */
  readonly folder: string;
  /** Logs in and returns the bearer token. */
  login(name: string, password?: string): Promise<string>;
}

/** `directory` takes the place of the demo people, what else is given that of the fake's own parts. */
export async function fakeApi({
  directory,
  policy = OPEN_POLICY,
  ...more
}: Partial<ApiContext> & { directory?: Authenticator; policy?: DebugPolicy } = {}): Promise<FakeApi> {
  const stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'deskpod-api-'));
  stack.defer(() => rm(folder, { recursive: true }));
  const engine = new FakeEngine();
  const store = stack.use(await openStore({ kind: 'sqlite', file: ':memory:' }));
  const { keys } = await loadKeys(folder);
  const events = createEvents({ level: 'silent', format: 'json' });
  const parts = stack.use(
    await createParts({
      engine,
      store,
      events,
      openDisplay: async () => {
        throw new DeskpodError('engine_unavailable', 'The fake has no screen.');
      },
      desktop: { image: 'localhost/deskpod/desktop:1', env: {}, x11Tcp: true, limits: {} },
      kind: 'containers',
      own: [{ reference: 'localhost/deskpod/game:1', labels: LABELS, command: ['/bin/game'] }],
      classes: { default: { limits: {} } },
      stopGraceMs: 1,
      debug: policy,
      name: 'fake',
    }),
  );
  const nobody = async (): Promise<never> => {
    throw new DeskpodError('not_found', 'There are no local users here.');
  };
  const gateway = { closeSession() {}, closeDesktop() {} };
  const compactions = stack.use(
    new Compactions({
      ...parts,
      store,
      idleSeconds: 120,
      endDesktop: (desktopId) => endDesktop({ ...parts, engine, gateway }, desktopId),
      failed: events.failed,
    }),
  );
  const context: ApiContext = {
    engine,
    store,
    ...parts,
    compactions,
    events,
    authenticators: [directory ?? createDirectory(store, { demo: true }), createAnonymous(store)],
    users: { list: async () => [], add: nobody, setPassword: nobody, remove: nobody },
    attempts: createAttempts(),
    tokens: createUserTokens({ keys, seconds: 3600 }),
    tickets: createTickets({ keys, seconds: 420 }),
    revocations: new Revocations(store, parts.replicas),
    localToken: 'the-local-token-of-the-test',
    gateway,
    closings: new Closings(),
    stopping: new AbortController().signal,
    closingsToken: gatewayToken(keys, 'closings'),
    warnings: () => [{ text: 'A key is short.', commands: ['kubectl delete secret x'] }],
    version: '0.0.0',
    server: { name: 'test', roles: ['api', 'gateway'], path: '/' },
    x11Tcp: true,
    ...more,
  };
  const { app, listening } = await buildServer({
    events,
    listen: plainServer,
    plugins: [apiRoutes(context), healthRoutes([])],
    userOf: ({ claims }) => claims?.user.id ?? null,
  });
  placeDoor(
    listening.servers,
    createDoor({ trustedProxies: [], gatewayToken: gatewayToken(keys, 'forward'), path: '/' }),
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
