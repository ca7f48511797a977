import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { loadConfig } from '#config/load.ts';
import { readOdConfig } from '#config/od/read.ts';

const FIXTURE = fileURLToPath(new URL('../../fixtures/od.config', import.meta.url));
const loadFixture = () => loadConfig({ options: { config: FIXTURE }, env: {} });

const problemsOf = (content: string) =>
  readOdConfig(content, 'od.config').problems.map(({ line, key, message }) => `${line} ${key}: ${message}`);

test('a complete od.config loads unchanged with the expected settings', async () => {
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

test('an address permitted by od.config still needs the key if keys are set', async () => {
  const { config } = await loadFixture();
  assert.deepEqual(config.manager.permitNetworks, []);
  assert.deepEqual(config.manager.onlyNetworks, ['10.0.0.0/8', 'fd00::/8', '127.0.0.0/8', '::1']);
});

test('without keys, addresses permitted by od.config are accepted and all others refused', async () => {
  const { given } = readOdConfig("[global]\ncontrollers: { 'ManagerController': { 'permitip': ['10.0.0.0/8'] } }", 'x');
  assert.deepEqual(
    given.map(({ setting, value }) => [setting, value]),
    [
      ['manager.onlyNetworks', ['10.0.0.0/8']],
      ['manager.permitNetworks', ['10.0.0.0/8']],
    ],
  );
});

test('loopback that od.config permits is for every user of the machine, with a warning', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'deskpod-od-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'od.config');
  await writeFile(file, "[global]\ncontrollers: { 'ManagerController': { 'permitip': ['127.0.0.0/8'] } }\n");
  const { config, notes } = await loadConfig({ env: {}, options: { config: file }, defaultFile: null });
  assert.deepEqual([config.manager.ownersOnly, config.manager.permitNetworks], [false, ['127.0.0.0/8', '::1']]);
  assert.ok(notes.some(({ level, text }) => level === 'warning' && text.startsWith('every user and program of this')));
});

test('the address in od.config, meant for inside a cluster, does not expose this server to the network', async () => {
  const { config, notes } = await loadFixture();
  assert.deepEqual([config.listen.host, config.listen.port], ['127.0.0.1', 30_443]);
  assert.match(notes.find((note) => note.key === 'server.socket_port')?.text ?? '', /--port/);
});

test('a key without effect is accepted and listed with its line; an unknown key is reported with the most similar one', async () => {
  const { notes } = await loadFixture();
  const about = (key: string) => notes.filter((note) => note.key === key).map(({ where, text }) => `${where} ${text}`);
  assert.deepEqual(about('namespace'), ['od.config:7 not used yet']);
  assert.deepEqual(about('desktop.zom'), ['od.config:87 is not known and not used; desktop.zoom is']);
  assert.deepEqual(about('officeldap'), []);
  assert.ok(about('tools.staticdir.on').some((note) => note.includes('[/img]')));
});

test('an administrator who enabled no directory gets no demo users, even on loopback', async () => {
  const { given } = readOdConfig("[global]\nauthmanagers: { 'implicit': { 'providers': {} } }", 'x');
  assert.deepEqual(
    given.map(({ setting, value }) => [setting, value]),
    [
      ['auth.anonymous', false],
      ['auth.demoDirectory', false],
    ],
  );
});

test('errors in effective keys are all reported with their lines; errors in other keys are noted', () => {
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
    '6 executeclasses.default.resources.limits.memory: Invalid input',
    '7 fail2ban: yes is a name without a value',
    '8 jwt_token_user: Invalid input: expected object, received array',
  ]);
  assert.deepEqual(
    readOdConfig(content, 'od.config').notes.map(({ where, key, text }) => `${where} ${key}: ${text}`),
    [
      'od.config:1 : “stray text” is no key with a value: not used',
      'od.config:11 desktop.zoom: not used yet',
      "od.config:3 namespace: the text that begins with ' is not closed: not used",
      'od.config:10 language: “,” or “]” is missing before the end (the bracket was opened on line 9): not used',
    ],
  );
});

test('a well-formed but impossible value is reported with its line', async () => {
  const content = "[global]\nexecuteclasses: {\n 'big': {\n 'resources': {\n 'limits': {\n 'cpu': 'many' } } } }";
  const { given } = readOdConfig(content, 'od.config');
  assert.equal(given[0]?.position(['big', 'limits', 'cpus']).line, 6);
});

test('closing brackets in the first column, tabs, semicolon comments and a byte order mark are accepted', () => {
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

test('the display listens only if X11LISTEN is tcp, as in the compatible system', () => {
  const listens = (list: string): unknown =>
    readOdConfig(`[global]\ndesktop.envlocal: ${list}\n`, 'x').given.find(({ setting }) => setting === 'desktop.x11Tcp')
      ?.value;
  assert.equal(listens("{ 'X11LISTEN': 'tcp' }"), true);
  assert.equal(listens("{ 'X11LISTEN': 'udp' }"), false);
  assert.equal(listens("{ 'OTHER': 'tcp' }"), false);
});

test('the last value of a repeated key is used, with a warning', () => {
  const { given, notes } = readOdConfig("[global]\ndesktop.envlocal: {}\ndesktop.envlocal: {'A': 'b'}", 'x');
  assert.deepEqual(given.at(-1)?.value, { A: 'b' });
  assert.match(notes[0]?.text ?? '', /line 2, too/);
});
