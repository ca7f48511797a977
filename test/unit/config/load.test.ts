import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { LoadedConfig } from '#config/config.ts';
import { loadConfig, type LoadOptions } from '#config/load.ts';
import { nearest } from '#config/nearest.ts';
import { ConfigError } from '#config/problems.ts';
import { parseQuantity } from '#config/quantity.ts';

const load = (options: LoadOptions) => loadConfig({ env: {}, defaultFile: null, ...options });

async function withFile<T>(content: string, use: (path: string) => Promise<T>, name = 'deskpod.yaml'): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'deskpod-config-'));
  try {
    await writeFile(join(folder, name), content);
    return await use(join(folder, name));
  } finally {
    await rm(folder, { recursive: true });
  }
}

const loadYaml = (content: string, more: LoadOptions = {}) =>
  withFile(content, (config): Promise<LoadedConfig> => load({ ...more, options: { ...more.options, config } }));

async function problemsOf(loading: Promise<unknown>): Promise<string[]> {
  try {
    await loading;
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.problems.map(
        ({ line, source, key, message, remedy }) => `${line ?? source} ${key}: ${message}. ${remedy}`,
      );
    }
    throw error;
  }
  return [];
}

test('by default the server serves only this machine, with demo users and guests', async () => {
  const { config, secrets, notes, file } = await load({});
  assert.deepEqual(config.listen, {
    host: '127.0.0.1',
    port: 30_443,
    path: '/',
    tls: { kind: 'off' },
    maxConnections: 8000,
    maxConnectionsPerNetwork: 2000,
    trustedProxies: [],
    proxyTls: false,
    allowedHosts: [],
    allowedOrigins: [],
  });
  assert.deepEqual([config.auth.demoDirectory, config.auth.anonymous], [true, true]);
  assert.deepEqual(config.store, { kind: 'sqlite', file: '/var/lib/deskpod/deskpod.db' });
  assert.equal(config.desktop.x11Tcp, true);
  assert.deepEqual(secrets, { managerApiKeys: [], storeUrl: null, ldapPasswords: {} });
  assert.deepEqual([notes, file], [[], null]);
});

test('host names are written without scheme and port, and any is allowed only where nobody but the administrator knows them', async () => {
  const hosts = async (env: Record<string, string>) => (await load({ env })).config.listen.allowedHosts;
  const set = 'Desk.Example.org, *.lab.example';
  assert.deepEqual(await hosts({ DESKPOD_ALLOWED_HOSTS: set }), ['desk.example.org', '*.lab.example']);
  assert.equal(await hosts({ DESKPOD_ALLOWED_HOSTS: '*' }), null);
  assert.equal(await hosts({ DESKPOD_ENGINE: 'kubernetes' }), null);
  assert.equal(await hosts({ DESKPOD_ROLES: 'gateway', DESKPOD_API_URL: 'http://api:8000' }), null);
  const named = { DESKPOD_ENGINE: 'kubernetes', DESKPOD_ALLOWED_HOSTS: 'desk.example.org' };
  assert.deepEqual(await hosts(named), ['desk.example.org']);
  for (const wrong of ['https://desk.example.org', 'desk.example.org:443', 'a.*.example'])
    await assert.rejects(load({ env: { DESKPOD_ALLOWED_HOSTS: wrong } }), /not a host name such as/, wrong);
});

test('an address on the network enables TLS and disables demo users and guests', async () => {
  for (const host of ['0.0.0.0', '::', '192.0.2.1', 'desk.example.org']) {
    const { config } = await load({ options: { host } });
    assert.deepEqual(config.listen.tls, { kind: 'self-signed' }, host);
    assert.deepEqual([config.auth.demoDirectory, config.auth.anonymous], [false, false], host);
  }
  for (const host of ['127.0.0.2', '::1', 'localhost']) {
    assert.deepEqual((await load({ options: { host } })).config.listen.tls, { kind: 'off' }, host);
  }
});

test('demo users or no TLS on the network must be set explicitly, and cause a warning', async () => {
  const { config, notes } = await load({ options: { host: '0.0.0.0', demo: true }, env: { DESKPOD_TLS: 'off' } });
  assert.equal(config.auth.demoDirectory, true);
  assert.deepEqual(config.listen.tls, { kind: 'off' });
  assert.deepEqual(
    notes.map(({ where, key }) => `${where} ${key}`),
    ['DESKPOD_TLS listen.tls', '--demo auth.demoDirectory'],
  );
});

test('--no-demo works on loopback, too', async () => {
  assert.equal((await load({ options: { demo: false } })).config.auth.demoDirectory, false);
});

test('options override variables, variables override the file, and the file overrides defaults', async () => {
  const file = 'listen: { port: 1111 }\ndataDir: /from/file\nrunDir: /from/file\n';
  const { config } = await loadYaml(file, {
    env: { DESKPOD_PORT: '2222', DESKPOD_DATA: '/from/variable' },
    options: { port: '3333' },
  });
  assert.deepEqual([config.listen.port, config.dataDir, config.runDir], [3333, '/from/variable', '/from/file']);
  assert.deepEqual(config.store, { kind: 'sqlite', file: '/from/variable/deskpod.db' });
});

test('the file is found by option, by variable or in its default place, where it may be missing', async () => {
  await withFile('listen.port: 1111', async (path) => {
    assert.equal((await load({ env: { DESKPOD_CONFIG: path } })).config.listen.port, 1111);
    assert.equal((await load({ env: { OD_CONFIG_PATH: path } })).file, path);
    assert.equal((await load({ defaultFile: path })).config.listen.port, 1111);
    assert.equal((await load({ defaultFile: `${path}.missing` })).config.listen.port, 30_443);
  });
  const [problem] = await problemsOf(load({ options: { config: '/nowhere/deskpod.yaml' } }));
  assert.equal(problem, "/nowhere/deskpod.yaml : the file doesn't exist. Check the path and its permissions.");
});

test("keys may be nested or dotted, and relative paths start at the file's folder", async () => {
  await withFile('engine:\n  baseImage: debian:trixie-slim\nengine.socket: run/engine.sock\n', async (path) => {
    const { config } = await load({ options: { config: path } });
    assert.equal(config.engine.kind, 'containers');
    assert.equal(config.engine.baseImage, 'debian:trixie-slim');
    assert.equal(config.engine.socket, join(path, '..', 'run', 'engine.sock'));
  });
});

test('an od.config is recognised by its first section, with any file name', async () => {
  await withFile(
    "# comment\n[global]\njwt_token_user: { 'exp': 99 }\n",
    async (path) => {
      assert.equal((await load({ options: { config: path } })).config.auth.tokenSeconds, 99);
    },
    'settings.txt',
  );
});

test('all errors are reported together, with line or name, and a fix', async () => {
  const file = [
    'listen:',
    '  hots: 0.0.0.0',
    '  port: "80"',
    '  trustedProxies:',
    '    - 10.0.0.0/8',
    '    - banana',
    'engine: docker',
    'port: 80',
    'executeClasses:',
    '  gold:',
    '    limits:',
    '      memroy: 5Gi',
    '      cpus: -1',
    'desktop:',
    '  env:',
    '    "BAD NAME": x',
  ].join('\n');
  const loading = loadYaml(file, { env: { DESKPOD_DEMO: 'maybe' }, options: { port: 'x' } });
  assert.deepEqual(await problemsOf(loading), [
    '2 listen.hots: unknown key. Did you mean listen.host?',
    '3 listen.port: expected number, received string. It takes: number, 0 to 65535.',
    '6 listen.trustedProxies.1: is neither an address nor a network such as 10.0.0.0/8. It takes: list of addresses and networks.',
    '7 engine: is a group of keys, not a value. Write the keys below it, for example engine.kind.',
    '8 port: unknown key. Did you mean listen.port?',
    '12 executeClasses.gold.limits.memroy: unknown key. Did you mean memory?',
    '13 executeClasses.gold.limits.cpus: is not a number of processors such as 0.5 or 500m. It takes: map of name to class.',
    '16 desktop.env.BAD NAME: not a variable name. It takes: map of name to text.',
    "DESKPOD_DEMO : “maybe” isn't valid. It takes: true or false.",
    "--port : “x” isn't valid. It takes: number, 0 to 65535.",
  ]);
});

test('invalid YAML is reported with its line', async () => {
  const [problem] = await problemsOf(loadYaml('listen:\n  port: [1, 2\ndataDir: /x\n'));
  assert.match(problem ?? '', /^[234] : not valid YAML/);
  assert.match((await problemsOf(loadYaml('just words')))[0] ?? '', /isn't a map of keys/);
  assert.match(
    (await problemsOf(loadYaml('dataDir: /a\ndataDir: /b\n')))[0] ?? '',
    /^2 : not valid YAML: Map keys must be unique/,
  );
});

test('an empty file is the same as none', async () => {
  assert.equal((await loadYaml('')).config.listen.port, 30_443);
  assert.equal((await loadYaml('# nothing\nlisten:\n')).config.listen.port, 30_443);
});

test('certificate and key must both be set and readable', async () => {
  assert.match((await problemsOf(load({ options: { tlsCert: '/x' } })))[0] ?? '', /private key is missing.*--tls-key/);
  assert.match((await problemsOf(load({ options: { tlsKey: '/x' } })))[0] ?? '', /certificate is missing/);
  assert.match((await problemsOf(load({ env: { DESKPOD_TLS: 'files' } })))[0] ?? '', /the files are missing/);
  const missing = await problemsOf(load({ options: { tlsCert: '/nowhere/a', tlsKey: '/nowhere/b' } }));
  assert.deepEqual(
    missing.map((problem) => problem.split('.')[0]),
    ['--tls-cert listen', '--tls-key listen'],
  );
  await withFile('', async (path) => {
    const { config } = await load({ options: { tlsCert: path, tlsKey: path } });
    assert.deepEqual(config.listen.tls, { kind: 'files', cert: path, key: path });
    const contradiction = load({ options: { tlsCert: path, tlsKey: path }, env: { DESKPOD_TLS: 'off' } });
    assert.match((await problemsOf(contradiction))[0] ?? '', /contradicts/);
  });
});

test('passwords and keys are among the secrets, never in the configuration', async () => {
  const { config, secrets } = await load({
    env: {
      DESKPOD_DATABASE_URL: 'postgres://deskpod:s3same@db/deskpod',
      DESKPOD_MANAGER_API_KEYS: 'k3y-of-twenty-chars-1, k3y-of-twenty-chars-2',
    },
  });
  assert.equal(/s3same|k3y/.test(JSON.stringify(config)), false);
  assert.deepEqual(secrets, {
    managerApiKeys: ['k3y-of-twenty-chars-1', 'k3y-of-twenty-chars-2'],
    storeUrl: 'postgres://deskpod:s3same@db/deskpod',
    ldapPasswords: {},
  });
});

test('a short key of the manager API is accepted with a warning', async () => {
  const { secrets, notes } = await loadYaml('dataDir: /x\nmanager:\n  apiKeys: [short]\n');
  assert.deepEqual(secrets.managerApiKeys, ['short']);
  assert.deepEqual(
    notes.map(({ where, text }) => `${where} ${text}`),
    ['deskpod.yaml:3 keys of less than 16 characters can be guessed'],
  );
});

test('an unknown variable is reported with the most similar known one', async () => {
  const { notes } = await load({ env: { DESKPOD_PROT: '80', PATH: '/bin' } });
  assert.deepEqual(notes, [
    { level: 'warning', where: 'DESKPOD_PROT', key: '', text: 'is unknown; did you mean DESKPOD_PORT?' },
  ]);
});

test('X11LISTEN determines TCP unless the key is set', async () => {
  const x11Tcp = async (content: string) => (await loadYaml(content)).config.desktop.x11Tcp;
  assert.equal(await x11Tcp('desktop: { env: { X11LISTEN: tcp } }'), true);
  assert.equal(await x11Tcp('desktop: { env: { X11LISTEN: udp } }'), false);
  assert.equal(await x11Tcp('desktop: { x11Tcp: true, env: { X11LISTEN: udp } }'), true);
});

test('execute classes of a file replace the default ones, but a default class always exists', async () => {
  const { config } = await loadYaml('executeClasses:\n  tiny: { limits: { memory: 64Mi } }\n');
  assert.deepEqual(Object.keys(config.executeClasses).toSorted(), ['default', 'tiny']);
  assert.deepEqual(config.executeClasses['tiny'], { description: '', limits: { memoryBytes: 64 * 2 ** 20 } });
});

test('quantities are parsed as in Kubernetes', () => {
  const examples: [string | number, number | null][] = [
    ['256Mi', 256 * 2 ** 20],
    ['1Gi', 2 ** 30],
    ['1.5Gi', 1.5 * 2 ** 30],
    ['1G', 1e9],
    ['100m', 0.1],
    ['1000m', 1],
    ['2', 2],
    [0.5, 0.5],
    ['1e3', 1000],
    ['0', null],
    ['-1', null],
    ['12Xi', null],
    ['1 Gi', null],
    ['', null],
    ['9999P', null],
    ['constructor', null],
  ];
  for (const [given, meant] of examples) assert.equal(parseQuantity(given), meant, String(given));
});

test('the most similar word is found, and none if nothing is similar', () => {
  assert.equal(nearest('prot', ['port', 'host']), 'port');
  assert.equal(nearest('HOST', ['port', 'host']), 'host');
  assert.equal(nearest('zzzzzz', ['port', 'host']), null);
});

test("debugging your own launches is enabled on one machine and disabled in a cluster, with the product's toolboxes as images", async () => {
  const { config: here } = await load({});
  assert.equal(here.debug.own, true);
  assert.deepEqual(here.debug.images, ['localhost/deskpod/toolbox:1', 'localhost/deskpod/toolbox-large:1']);
  assert.deepEqual(here.debug.profiles.user, ['restricted']);
  assert.deepEqual(here.debug.profiles.admin, ['restricted', 'baseline', 'general'], 'none that is privileged');
  const cluster = { DESKPOD_ENGINE: 'kubernetes', DESKPOD_REGISTRY: 'registry.example.org/deskpod', DESKPOD_TAG: '7' };
  const { config: there } = await load({ env: cluster });
  assert.equal(there.debug.own, false);
  assert.equal(there.debug.images[0], 'registry.example.org/deskpod/toolbox:7');
  const said = { ...cluster, DESKPOD_DEBUG_OWN: 'yes', DESKPOD_DEBUG_IMAGES: 'a:1, b:2', DESKPOD_DEBUG_TTL: '600' };
  const { debug } = (await load({ env: said })).config;
  assert.deepEqual([debug.own, debug.images, debug.ttlSeconds], [true, ['a:1', 'b:2'], 600]);
  const wide = await loadYaml('debug.profiles: { user: [restricted, general] }');
  assert.deepEqual(wide.config.debug.profiles.user, ['restricted', 'general']);
  assert.deepEqual(wide.config.debug.profiles.support, ['restricted']);
  const all = 'debug.profiles: { admin: [restricted, sysadmin, custom] }';
  assert.deepEqual((await loadYaml(all)).config.debug.profiles.admin, ['restricted', 'sysadmin', 'custom']);
  assert.match((await problemsOf(loadYaml('debug.profiles: { support: [custom] }')))[0] ?? '', /debug\.profiles/);
  assert.match((await problemsOf(loadYaml('debug.profiles: { user: [root] }')))[0] ?? '', /debug\.profiles/);
});

test('connections of an execute class have the form of network.egress.allow; mistakes are refused with their place', async () => {
  const withEgress = (egress: string) => `executeClasses:\n  files:\n    egress: { allow: [${egress}] }\n  plain: {}\n`;
  const { config } = await loadYaml(withEgress('10.1.2.3:445, 10.9.0.0/16'));
  assert.equal(config.engine.kind, 'containers');
  assert.deepEqual(config.engine.egress.classes, {
    files: [
      { network: '10.1.2.3', port: 445 },
      { network: '10.9.0.0/16', port: null },
    ],
  });
  const [problem = ''] = await problemsOf(loadYaml(withEgress('files.example.org')));
  assert.match(problem, /^3 executeClasses\.files\.egress\.allow\.0: is not a network such as 10\.0\.0\.0\/8/);
});

test("users' pods are in the namespace of the installation unless they have one of their own", async () => {
  const namespacesOf = async (env: Readonly<Record<string, string>>) => {
    const { config } = await load({ env: { DESKPOD_ENGINE: 'kubernetes', POD_NAMESPACE: 'desk', ...env } });
    assert.equal(config.engine.kind, 'kubernetes');
    return [config.engine.namespace, config.engine.pods.namespace];
  };
  assert.deepEqual(await namespacesOf({}), ['desk', 'desk']);
  assert.deepEqual(await namespacesOf({ DESKPOD_PODS_NAMESPACE: 'desk-users' }), ['desk', 'desk-users']);
});
