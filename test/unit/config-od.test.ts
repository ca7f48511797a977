import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { loadConfig } from '#config/load.ts';
import { readOdConfig } from '#config/od/read.ts';

const FIXTURE = fileURLToPath(new URL('fixtures/od.config', import.meta.url));
const loadFixture = () => loadConfig({ options: { config: FIXTURE }, env: {} });

const problemsOf = (content: string) =>
  readOdConfig(content, 'od.config').problems.map(({ line, key, message }) => `${line} ${key}: ${message}`);

test('a whole od.config loads unchanged and means what it says', async () => {
  const { config, secrets } = await loadFixture();
  assert.equal(config.auth.tokenSeconds, 1800);
  assert.deepEqual(config.listen.trustedProxies, ['10.9.0.0/16']);
  assert.deepEqual(config.desktop.env, { LIBOVERLAY_SCROLLBAR: '0', X11LISTEN: 'udp', THREADS: '4' });
  assert.equal(config.desktop.x11Tcp, false);
  assert.equal(config.desktop.shmBytes, 128 * 2 ** 20);
  assert.deepEqual(config.desktop.limits, { memoryBytes: 2 * 2 ** 30, cpus: 0.5, processes: 1024 });
  assert.deepEqual(config.executeClasses, {
    default: {
      description: '',
      limits: { memoryBytes: 2 ** 30, cpus: 1, processes: 512 },
      pod: { requests: { memoryBytes: 64 * 2 ** 20, cpus: 0.1 } },
    },
    wide: {
      description: 'for maps',
      limits: { memoryBytes: 8 * 2 ** 30, cpus: 2, processes: 512 },
      pod: { nodeSelector: { disk: 'fast' } },
    },
  });
  assert.deepEqual(config.auth.lockout, { failures: 5, seconds: 600, protectedNetworks: ['192.168.1.0/24'] });
  assert.deepEqual(config.dock, ['notes']);
  assert.deepEqual(config.auth.ldap[0]?.servers, ['ldaps://ldap.example.org:636']);
  assert.equal(config.auth.anonymous, true);
  assert.deepEqual(secrets.managerApiKeys, ['a-key-of-twenty-chars']);
  assert.equal(JSON.stringify(config).includes('a-key-of-twenty-chars'), false);
});

test('a permitted address of od.config still needs the key where keys are set', async () => {
  const { config } = await loadFixture();
  assert.deepEqual(config.manager.permitNetworks, []);
  assert.deepEqual(config.manager.onlyNetworks, ['10.0.0.0/8', 'fd00::/8', '127.0.0.0/8', '::1']);
});

test('without keys the permitted addresses of od.config are let in, all others stay out', async () => {
  const { given } = readOdConfig("[global]\ncontrollers: { 'ManagerController': { 'permitip': ['10.0.0.0/8'] } }", 'x');
  assert.deepEqual(
    given.map(({ setting, value }) => [setting, value]),
    [
      ['manager.onlyNetworks', ['10.0.0.0/8']],
      ['manager.permitNetworks', ['10.0.0.0/8']],
    ],
  );
});

test('the address of od.config, meant for inside a cluster, does not open this server to the network', async () => {
  const { config, notes } = await loadFixture();
  assert.deepEqual([config.listen.host, config.listen.port], ['127.0.0.1', 30_443]);
  assert.match(notes.find((note) => note.key === 'server.socket_port')?.text ?? '', /--port/);
});

test('what is not acted on is accepted and listed with its line; what is not known is named with its neighbour', async () => {
  const { notes } = await loadFixture();
  const about = (key: string) => notes.filter((note) => note.key === key).map(({ where, text }) => `${where} ${text}`);
  assert.deepEqual(about('namespace'), ['od.config:7 not used yet']);
  assert.deepEqual(about('desktop.zom'), ['od.config:87 is not known and not used; desktop.zoom is']);
  assert.deepEqual(about('officeldap'), []);
  assert.ok(about('tools.staticdir.on').some((note) => note.includes('[/img]')));
});

test('an administrator who enabled no directory gets no demo people, even on loopback', async () => {
  const { given } = readOdConfig("[global]\nauthmanagers: { 'implicit': { 'providers': {} } }", 'x');
  assert.deepEqual(
    given.map(({ setting, value }) => [setting, value]),
    [
      ['auth.anonymous', false],
      ['auth.demoDirectory', false],
    ],
  );
});

test('every error of the file is told at once, each on its line, and reading goes on after it', () => {
  const content = [
    'stray text',
    '[global]',
    "namespace: 'unclosed",
    'executeclasses: {',
    "  'default': { 'resources': {",
    "     'limits': { 'memory': [ 1 ] } } } }",
    'fail2ban: { "enable": yes }',
    'jwt_token_user: [ 1 ]',
    'language: [',
    "  'de'",
    'desktop.zoom: 1',
  ].join('\r\n');
  assert.deepEqual(problemsOf(content), [
    '1 : “stray text” is no key with a value',
    "3 namespace: the text that begins with ' is not closed",
    '6 executeclasses.default.resources.limits.memory: Invalid input',
    '7 fail2ban: yes is a name without a value',
    '8 jwt_token_user: Invalid input: expected object, received array',
    '10 language: “,” or “]” is missing before the end (the bracket was opened on line 9)',
  ]);
});

test('a value that is well formed but impossible is told with the line it stands on', async () => {
  const content = "[global]\nexecuteclasses: {\n 'big': {\n 'resources': {\n 'limits': {\n 'cpu': 'many' } } } }";
  const { given } = readOdConfig(content, 'od.config');
  assert.equal(given[0]?.place(['big', 'limits', 'cpus']).line, 6);
});

test('closing brackets at the margin, tabs, semicolon comments and a byte order mark are read', () => {
  const content =
    "\uFEFF; comment\n[global]\ndock: {\n\t'a': {},\n; not this: 'b': {}\n}\ndesktop.envlocal = {\n'X': '1'\n}\n";
  const { given, problems } = readOdConfig(content, 'x');
  assert.deepEqual(problems, []);
  assert.deepEqual(
    given.map(({ setting, value }) => [setting, value]),
    [
      ['dock', ['a']],
      ['desktop.x11Tcp', false],
      ['desktop.env', { X: '1' }],
    ],
  );
});

test('the display listens only where X11LISTEN says tcp, as there', () => {
  const listens = (list: string): unknown =>
    readOdConfig(`[global]\ndesktop.envlocal: ${list}\n`, 'x').given.find(({ setting }) => setting === 'desktop.x11Tcp')
      ?.value;
  assert.equal(listens("{ 'X11LISTEN': 'tcp' }"), true);
  assert.equal(listens("{ 'X11LISTEN': 'udp' }"), false);
  assert.equal(listens("{ 'OTHER': 'tcp' }"), false);
});

test('a key that is given twice counts as its last value, with a warning', () => {
  const { given, notes } = readOdConfig("[global]\ndesktop.envlocal: {}\ndesktop.envlocal: {'A': 'b'}", 'x');
  assert.deepEqual(given.at(-1)?.value, { A: 'b' });
  assert.match(notes[0]?.text ?? '', /line 2, too/);
});
