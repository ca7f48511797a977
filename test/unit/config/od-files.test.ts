/** od.config files of existing installations: keys that have no effect never prevent a start. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { loadConfig } from '#config/load.ts';
import { looksLikeOdConfig, readOdConfig } from '#config/od/read.ts';
import { Settings } from '#config/settings.ts';

/** Keys that are used elsewhere only, not at all, or have a harmless default. */
const HARMLESS = [
  'desktop.nodeselector',
  'desktop.homedirectorytype',
  'desktop.hostPathRoot',
  'desktop.persistentvolume',
  'desktop.persistentvolumeclaim',
  'desktop.persistentvolumespec',
  'desktop.persistentvolumeclaimspec',
  'desktop.envlocal',
  'desktop.dnspolicy',
  'desktop.policies',
  'desktop.zoom',
  'dock',
  'language',
  'namespace',
  'logging',
  'webrtc.coturn',
  'ldapconfig',
  'a.key.of.tomorrow',
] as const;

/** Python values in every notation that such files have, and some invalid ones. */
const { literal } = fc.letrec<{ literal: string }>((tie) => ({
  literal: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(
      'None',
      'True',
      'False',
      '0',
      '-1',
      '1e3',
      '0x1F',
      '1_000',
      '.5',
      '0o17',
      '60 * 60',
      "'a' 'b'",
      'b"raw"',
      'r"C:\\temp"',
      'f"{x}"',
      "u'é'",
      "'''three\n  lines'''",
      '()',
      '(1,)',
      '{1, 2}',
      '[]',
      '{}',
      'set()',
      "os.environ['HOME']",
      "os.getenv('A', 'b')",
      'socket.SOCK_STREAM',
      "'%%d'",
      "'%(language)s'",
      'volume',
      "''",

      '"a" \\\n  "b"',
      'lambda: 1',
      '1 if True else 2',
      '[x for x in y]',
      '1j',
      '...',
      'not True',
      '10 / 3',
      "'open",
    ),
    fc.string({ unit: 'grapheme-ascii', maxLength: 12 }).map((text) => JSON.stringify(text).replaceAll('%', '%%')),
    fc.array(tie('literal'), { maxLength: 3 }).map((items) => `[ ${items.join(', ')}, ]`.replace('[ , ]', '[]')),
    fc
      .array(tie('literal'), { maxLength: 3 })
      .map((items) => `( ${items.map((item) => `${item},`).join('\n   # one\n   ')} )`),
    fc
      .array(fc.tuple(fc.constantFrom('name', 'memory', 'enable', 'kind', 'é'), tie('literal')), { maxLength: 3 })
      .map((entries) => `{\n  ${entries.map(([key, value]) => `'${key}': ${value}, # why`).join('\n  ')}\n  }`),
  ),
}));

const entry = fc
  .tuple(
    fc.constantFrom(...HARMLESS),
    fc.constantFrom(':', ': ', ' = ', '=', ':\t'),
    literal,
    fc.constantFrom(
      '',
      '# comment',
      '; comment',
      '\n',
      '[/img]\ntools.staticdir.on: True\n[global]',
      'stray words',
      ']',
    ),
  )
  .map(([key, sign, value, after]) => `${key}${sign}${value.replaceAll('\n', '\n    ')}\n${after}`);

/** A setting that must take effect among all others. */
const MATTERS = "fail2ban: { 'enable': True, 'failsbeforeban': 7 }";

test('no value of a key without effect prevents a start or hides an effective one', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 6 }), fc.array(entry, { maxLength: 6 }), (before, after) => {
      const content = ['[global]', ...before, MATTERS, ...after].join('\n');
      assert.ok(looksLikeOdConfig(content));
      const { given, problems, notes } = readOdConfig(content, 'od.config');
      assert.deepEqual(problems, []);
      for (const { setting, value } of given)
        assert.equal(Settings.shape[setting].safeParse(value).error?.message, undefined, setting);
      assert.equal(given.find(({ setting }) => setting === 'auth.lockout.failures')?.value, 7);
      for (const { where } of notes) assert.match(where, /^od\.config:\d+$/);
    }),
    { numRuns: 1_000 },
  );
});

test('any text can be read without an exception', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), entry), { maxLength: 8 }), (lines) => {
      looksLikeOdConfig(lines.join('\n'));
      readOdConfig(lines.join('\n'), 'x');
    }),
    { numRuns: 500 },
  );
});

test('notations from other documentation are accepted, with a note if they have no effect', () => {
  for (const [line, settings, notes] of [
    ['desktop.nodeselector: None', [], 0],
    ["desktop.nodeselector: ['a', 'b']", [], 1],
    ["desktop.nodeselector: { 'disk': 'ssd', 'gpu': True }", ['kubernetes.nodeSelector'], 0],
    ["desktop.homedirectorytype: 'volume'", [], 1],
    ["desktop.homedirectorytype: 'somethingNew'", [], 1],
    ["desktop.homedirectorytype: ['hostPath']", [], 1],
    ['desktop.hostPathRoot: None', [], 0],
    ["desktop.envlocal: { 'A': [1], 'B': 2, 'C': None }", ['desktop.x11Tcp', 'desktop.env'], 1],
    ['dock: None', [], 1],
    ["dock: { 'a': None, 'b': { 'execmode': 'frontendjs' }, 'c': {} }", ['dock'], 2],
    ["jwt_token_user: { 'publickeyfile': 'x' }", [], 1],
    ['fail2ban: None', [], 1],
    ['desktop.pod: None', [], 1],
    ["desktop.pod: { 'spec': { 'shareProcessMemorySize': [1] }, 'graphical': None }", [], 1],
    ["executeclasses: { 'a': { 'nodeSelector': ['x'], 'description': None } }", ['executeClasses'], 1],
  ] as const) {
    const read = readOdConfig(`[global]\n${line}`, 'x');
    assert.deepEqual(read.problems, [], line);
    assert.deepEqual(
      read.given.map(({ setting }) => setting),
      settings,
      line,
    );
    assert.equal(read.notes.length, notes, `${line}: ${JSON.stringify(read.notes)}`);
  }
});

const directory = (inside: string): string =>
  `authmanagers: { 'explicit': { 'providers': { 'office': { 'config_ref': 'people' } } } }\npeople: { 'office': { ${inside} } }`;

test('harmless notations of logins, limits and bans are loaded', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'deskpod-od-'));
  try {
    for (const [lines, note] of [
      [directory("'domain': 'OFFICE', 'ldap_fqdn': '_ldap._tcp.office', 'query_dcs': True"), /Active Directory/],
      [directory("'auth_url': 'https://keys.example.org:5000/v3'"), /no LDAP servers/],
      [directory("'servers': ['a'], 'ldap_basedn': 'dc=a', 'auth_type': 'KERBEROS', 'krb5_conf': None"), /KERBEROS/],
      [directory("'servers': ['a'], 'ldap_basedn': 'dc=a', 'ldap_timeout': '15', 'ldap_connect_timeout': 900"), null],
      ["authmanagers: { 'external': { 'providers': { 'sso': { 'scope': ['openid'], 'enabled': True } } } }", /sso/],
      ["fail2ban: { 'enable': False, 'failsbeforeban': 'never', 'protectednetworks': 0 }", /enable False/],
      ["jwt_token_user: { 'exp': 99999999999 }", /a year at most/],
      ["jwt_token_desktop: { 'exp': 5 }", /10 to 420/],
      ["desktop.pod: { 'graphical': { 'resources': { 'limits': { 'memory': '1Gi' } } }, 'rdp': None }", /rdp/],
      ["executeclasses: { 'default': None, 'wide': {} }", null],
      ["executeclasses: { 'wide': { 'resources': { 'limits': { 'cpu': 4, 'example.org/gpu': '1' } } } }", /gpu/],
      ["executeclasses: { 'wide': { 'egress': { 'allow': ['10.1.0.0/16'] } } }", /egress: not used/],
      ["executeclasses: { 'wide': { 'tolerations': ['gpu'] } }", /tolerations: not used/],
      [
        "desktop.pod: { 'init': { 'command': [ 'sh', '-c',\n  'chmod 750 ~ && \\ \n   chown {{ uid }} ~' ] } }",
        /init: not used/,
      ],
    ] as const) {
      const config = join(folder, 'od.config');
      await writeFile(config, `[global]\n${lines}\n`);
      const { notes } = await loadConfig({ options: { config }, env: {} });
      if (note !== null)
        assert.ok(
          notes.some(({ text }) => note.test(text)),
          `${lines}: ${JSON.stringify(notes)}`,
        );
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('errors in logins, addresses, bans and limits prevent a start and are reported with their line', () => {
  for (const [lines, line, message] of [
    [["fail2ban: { 'enable': True,", " 'failsbeforeban': 'seven' }"], 3, /number/],
    [['fail2ban: { "enable": yes }'], 2, /yes is a name without a value/],
    [['fail2ban { "enable": True }'], 2, /no key with a value/],
    [['controllers: {', " 'ManagerController': {", "  'permitip': 10 } }"], 4, /./],
    [["controllers: { 'ManagerController': { 'enable': 'yes' } }"], 2, /boolean/],
    [['authmanagers: None'], 2, /./],
    [["authmanagers: { 'explicit': { 'providers': { 'x': { 'enabled': 'True' } } } }"], 2, /boolean/],
    [
      [
        "authmanagers: { 'explicit': { 'providers': { 'x': { 'enabled': True, 'config_ref': 'ldapconfig' } } } }",
        'ldapconfig: { x',
      ],
      3,
      /x is a name/,
    ],
    [["executeclasses: { 'a': { 'resources': { 'limits':", " { 'memory': [1] } } } }"], 3, /./],
    [["desktop.pod: { 'graphical': { 'resources': { 'limits':", " { 'cpu': {} } } } }"], 3, /./],
    [["jwt_token_user: { 'exp': os.environ['TTL'] }"], 2, /only Python can compute/],
    [['trusted_proxy_cidr: 10'], 2, /./],
  ] as const) {
    const { problems } = readOdConfig(['[global]', ...lines].join('\n'), 'od.config');
    assert.ok(
      problems.some((problem) => problem.line === line && message.test(problem.message)),
      `${lines.join(' ')}: ${JSON.stringify(problems)}`,
    );
  }
});

test('peculiarities of the format are read like in the compatible system', () => {
  const envOf = (...lines: readonly string[]): unknown =>
    readOdConfig(lines.join('\n'), 'x').given.findLast(({ setting }) => setting === 'desktop.env')?.value;
  assert.deepEqual(envOf('[DEFAULT]', "who: 'Fry'", '[global]', "desktop.envlocal: { 'A': %(who)s, 'B': '100%%' }"), {
    A: 'Fry',
    B: '100%',
  });
  assert.deepEqual(envOf('[global]', 'a: %(b)s', 'b: %(a)s', "desktop.envlocal: { 'A': '1' }"), { A: '1' });
  assert.deepEqual(envOf('[global]', 'desktop.envlocal: {', "\t'A': '1',", '', '; no', "\t\t'B': '2'", '\t}'), {
    A: '1',
    B: '2',
  });
  assert.deepEqual(
    envOf('[global]', "desktop.envlocal: { 'A': '1' }", '[img]', 'x: 1', '[global]', "desktop.envlocal: {'A': '2'}"),
    {
      A: '2',
    },
  );
});

for (const [name, encode] of [
  ['UTF-8 with a mark', (text: string) => Buffer.from(`\uFEFF${text}`)],
  ['UTF-16 with a mark', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
  ['UTF-16 without one', (text: string) => Buffer.from(text, 'utf16le')],
  ['UTF-16 of the other order', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
  ['Latin-1', (text: string) => Buffer.from(text, 'latin1')],
  ['lines that end in CR LF', (text: string) => Buffer.from(text.replaceAll('\n', '\r\n'))],
  ['no section', (text: string) => Buffer.from(text.replace('[global]\n', ''))],
] as const) {
  test(`a file in ${name} is loaded`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'deskpod-od-'));
    try {
      const config = join(folder, 'od.config');
      await writeFile(config, encode(`# é\n[global]\n${MATTERS}\ndesktop.envlocal: {\n  'NAME': 'Amélie' }\n`));
      const loaded = await loadConfig({ options: { config }, env: {} });
      assert.equal(loaded.config.auth.lockout.failures, 7);
      assert.deepEqual(loaded.config.desktop.env, { NAME: 'Amélie' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}
