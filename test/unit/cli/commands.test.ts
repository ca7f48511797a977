/** The command line with a server that records requests. */
import assert from 'node:assert/strict';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { commandLine, LAUNCH, recordingServer } from '../../fakes/command-line.ts';
import { parseInspect } from '#domain/catalogue/image-inspect.ts';
import { inspectOf } from '../../fakes/catalogue.ts';

const APP = {
  id: 'apps/paint:1',
  name: 'paint',
  displayName: 'Paint',
  description: null,
  keywords: [],
  categories: [],
  wmClass: 'paint.Paint',
  runtime: 'pod_application',
  limits: {},
  iconUrl: null,
  pinned: false,
  opens: ['.png'],
  opensByDefault: false,
  availability: { state: 'unavailable', reason: 'No route to docker.io.' },
};
const USER = { id: 'hermes', name: 'Hermes Conrad', provider: 'directory', labels: [], roles: ['user'] };
const ADMINISTRATOR = { ...USER, id: 'administrator', provider: 'local', roles: ['user', 'admin'] };
const EXPIRES = '2027-01-02T03:04:05.000Z';

test('apps are listed as a table, with the reason for unavailable ones, or as JSON', async (context) => {
  const { address } = await recordingServer(context, { 'GET /api/v1/apps': { apps: [APP] } });
  const { deskpod } = await commandLine(context);
  const table = await deskpod(['apps', 'list', '--server', address, '--token', 't']);
  const [header, row] = table.out.split('\n');
  assert.match(header ?? '', /^NAME +RUNTIME +STATE +ID$/);
  assert.match(row ?? '', /^paint +pod_application +unavailable +apps\/paint:1 +No route to docker\.io\.$/);
  const json = await deskpod(['apps', 'list', '--json', '--server', address, '--token', 't']);
  assert.deepEqual([json.code, JSON.parse(json.out)], [0, [APP]]);
});

test('a catalogue file is sent unchanged, and the stored entries are printed', async (context) => {
  const stored = parseInspect([inspectOf('apps/paint:1')])?.documents;
  const { address, heard } = await recordingServer(context, {
    'PUT /API/manager/image': stored,
    'POST /API/manager/image': stored?.[0],
  });
  const { deskpod, home } = await commandLine(context);
  await writeFile(join(home, 'paint.json'), '[{}]');
  const added = await deskpod(['apps', 'add', join(home, 'paint.json'), '--server', address, '--token', 'secret']);
  assert.deepEqual([added.code, added.out], [0, 'paint  apps/paint:1\n']);
  assert.deepEqual([heard[0]?.method, heard[0]?.body, heard[0]?.authorization], ['PUT', '[{}]', 'Bearer secret']);
  const piped = await deskpod(['apps', 'add', '-', '--no-pull', '--server', address, '--token', 'secret'], '{}');
  assert.deepEqual([piped.code, heard[1]?.method, heard[1]?.body], [0, 'POST', '{}']);
});

test('all invalid fields of a refused catalogue file are listed', async (context) => {
  const refuse = (response: ServerResponse) => {
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({
        status: 400,
        status_message: '400 Bad Request',
        message: 'no',
        errors: [{ field: '[1].Id', message: 'is empty' }],
      }),
    );
  };
  const { address } = await recordingServer(context, { 'PUT /API/manager/image': refuse });
  const { deskpod } = await commandLine(context);
  const { code, err } = await deskpod(['apps', 'add', '-', '--server', address, '--token', 't'], '[]');
  assert.deepEqual([code, err], [1, 'deskpod: The file is invalid; nothing was stored:\n  [1].Id is empty\n']);
});

test('an app is exported under the requested name and registry', async (context) => {
  const { address, heard } = await recordingServer(context, { 'GET /API/manager/export/paint': [{ Id: 'x' }] });
  const { deskpod } = await commandLine(context);
  const { out } = await deskpod([
    'apps',
    'export',
    'paint',
    '--registry',
    'r.example/a',
    '--as',
    '2048-alpine.d:3.0',
    '--label',
    'oc.cat=games',
    '--server',
    address,
    '--token',
    't',
  ]);
  assert.deepEqual(JSON.parse(out), [{ Id: 'x' }]);
  assert.equal(
    heard[0]?.url,
    '/API/manager/export/paint?registry=r.example%2Fa&as=2048-alpine.d%3A3.0&label=oc.cat%3Dgames',
  );
});

test('an app of the product is exported without a server and without a login', async (context) => {
  const { deskpod } = await commandLine(context);
  const nowhere = ['--data', '/nowhere'];
  for (const [name, expected] of [
    ['2048-gtk', 'r.example:5000/a/2048-alpine.d:3.0'],
    ['2048-alpine-with-error', 'r.example:5000/a/2048-alpine-with-error.d:3.0'],
    ['text-editor', 'r.example:5000/a/text-editor.d:3.0'],
  ] as const) {
    const { code, out, err } = await deskpod(['apps', 'export', name, '--registry', 'r.example:5000/a', ...nowhere]);
    assert.equal(code, 0, err);
    const parsed = parseInspect(JSON.parse(out));
    assert.deepEqual([parsed?.skipped, parsed?.documents.map(({ id }) => id)], [[], [expected]]);
  }
  const wrong = await deskpod(['apps', 'export', 'terminal', '--registry', 'https://r.example', ...nowhere]);
  assert.equal(wrong.code, 1);
  assert.match(wrong.err, /https:\/\/r\.example is not the name of a registry/);
});

test('an unknown app is refused with the list of known ones, locally and on the server', async (context) => {
  const { address } = await recordingServer(context, {
    'GET /api/v1/apps': { apps: [APP] },
    'GET /API/manager/export/doom': (response: ServerResponse) =>
      response.writeHead(404, { 'content-type': 'application/json' }).end('"Not found"'),
  });
  const { deskpod } = await commandLine(context);
  const unasked = await deskpod(['apps', 'export', 'doom', '--data', '/nowhere']);
  assert.equal(unasked.code, 1);
  assert.match(
    unasked.err,
    /doom does not come with Deskpod.*no server could be queried.*Deskpod comes with: .*2048-gtk.*terminal/,
  );
  const asked = await deskpod(['apps', 'export', 'doom', '--server', address, '--token', 't']);
  assert.equal(asked.code, 1);
  assert.match(asked.err, /no app doom.*Deskpod comes with: .*text-editor.*The server has: paint\./);
});

test('installing follows the app store until the app is there, or prints why it is not', async (context) => {
  const states = [{ state: 'installing', step: 'layer 1 of 2', startedAt: EXPIRES }, { state: 'installed' }];
  const offered = {
    ...APP,
    ...{ pictureUrl: null, licence: null, version: null, bytes: null, expectedBytes: null, builtAt: null },
    ...{ acl: { permit: ['all'] }, ours: true, listed: false, installedBy: null, opens: [] },
    may: { install: true, update: true, remove: true },
    state: { state: 'available' },
  };
  const events = (last: object[]) => (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const send = (event: object) => response.write(`data: ${JSON.stringify(event)}\n\n`);
    send({ type: 'apps', store: { rights: 'all', perUser: null, registry: null, apps: [offered] } });
    for (const state of last) send({ type: 'app', app: { ...offered, state } });
  };
  const { address, heard } = await recordingServer(context, {
    'GET /api/v1/apps/store/stream': events(states),
    'POST /api/v1/apps/install': {},
  });
  const { deskpod } = await commandLine(context);
  const done = await deskpod(['apps', 'install', 'paint', '--server', address, '--token', 't']);
  assert.deepEqual([done.code, done.out], [0, 'layer 1 of 2\npaint is installed.\n']);
  assert.equal(heard[1]?.body, '{"app":"paint"}');
  const broken = await recordingServer(context, {
    'GET /api/v1/apps/store/stream': events([{ state: 'failed', reason: 'No route to docker.io.', installed: false }]),
    'POST /api/v1/apps/install': {},
  });
  const failed = await deskpod(['apps', 'install', 'paint', '--server', broken.address, '--token', 't']);
  assert.deepEqual([failed.code, failed.err], [1, 'deskpod: No route to docker.io.\n']);
});

test("the machine's administrator sees the launches of all users, and users see their own", async (context) => {
  const { address, heard } = await recordingServer(context, {
    'GET /api/v1/session': { user: ADMINISTRATOR, expiresAt: EXPIRES },
    'GET /api/v1/launches': { launches: [LAUNCH] },
  });
  const { deskpod } = await commandLine(context);
  const { out } = await deskpod(['launches', 'list', '--app', 'paint', '--server', address, '--token', 't']);
  assert.match(out, /hermes-app-paint-4dd6f +hermes +paint +pod_application +error \(1\)/);
  assert.equal(heard[1]?.url, '/api/v1/launches?user=*&app=paint');
  await deskpod(['launches', 'list', '--user', 'fry', '--server', address, '--token', 't']);
  assert.equal(heard[2]?.url, '/api/v1/launches?user=fry');
});

test('a log is followed to its end, each stream on its own output', async (context) => {
  const stream = (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const [one, text] of [
      ['stdout', 'hello'],
      ['stderr', 'BadRequest'],
    ])
      response.write(`data: ${JSON.stringify({ at: null, stream: one, text })}\n\n`);
    response.end('event: end\ndata: {}\n\n');
  };
  const { address } = await recordingServer(context, { [`GET /api/v1/launches/${LAUNCH.id}/log/stream`]: stream });
  const { deskpod } = await commandLine(context);
  const { code, out, err } = await deskpod(['logs', '-f', LAUNCH.id, '--server', address, '--token', 't']);
  assert.deepEqual([code, out, err], [0, 'hello\n', 'BadRequest\n']);
});

test('Ctrl-C ends following a log without an error', async (context) => {
  const line = commandLine(context);
  const { deskpod, interrupt } = await line;
  const stream = (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(': hello\n\n');
    setImmediate(interrupt);
  };
  const { address } = await recordingServer(context, { [`GET /api/v1/launches/${LAUNCH.id}/log/stream`]: stream });
  const { code, err } = await deskpod(['logs', '-f', LAUNCH.id, '--server', address, '--token', 't']);
  assert.deepEqual([code, err], [0, '']);
});

test('an app is run with variables and arguments', async (context) => {
  const { address, heard } = await recordingServer(context, { 'POST /api/v1/launches': LAUNCH });
  const { deskpod } = await commandLine(context);
  const flags = ['--runtime', 'pod_application', '-e', 'A=1', '-e', 'B=x=y', '--public', 'B'];
  const at = ['--server', address, '--token', 't'];
  const { out } = await deskpod(['run', ...flags, ...at, 'paint', '--', '--new', 'file.txt']);
  assert.equal(out, `${LAUNCH.id}\n`);
  assert.deepEqual(JSON.parse(heard[0]?.body ?? ''), {
    app: 'paint',
    env: { A: '1', B: 'x=y' },
    publicEnv: ['B'],
    args: ['--new', 'file.txt'],
    runtime: 'pod_application',
  });
  const wrong = await deskpod(['run', '-e', 'nothing', 'paint']);
  assert.equal(wrong.code, 2);
  const unknown = await deskpod(['run', ...flags, '--public', 'C', ...at, 'paint']);
  assert.deepEqual([unknown.code, unknown.err], [2, 'deskpod: --public C: there is no --env C=VALUE.\n']);
  assert.equal(heard.length, 1);
});

test('a password is read from standard input and never appears on a command line', async (context) => {
  const user = { id: 'amy', name: 'Amy Wong', labels: [], createdAt: EXPIRES, disabled: false };
  const { address, heard } = await recordingServer(context, {
    'POST /api/v1/users': user,
    'PUT /api/v1/users/amy/password': {},
  });
  const { deskpod } = await commandLine(context);
  const added = await deskpod(
    ['users', 'add', 'Amy Wong', '--role', 'support', '--server', address, '--token', 't'],
    'a secret\n',
  );
  assert.deepEqual([added.code, added.out], [0, 'amy\n']);
  assert.deepEqual(JSON.parse(heard[0]?.body ?? ''), {
    name: 'Amy Wong',
    password: 'a secret',
    roles: ['user', 'support'],
  });
  await deskpod(['users', 'passwd', 'amy', '--server', address, '--token', 't'], 'another\r\n');
  assert.equal(heard[1]?.body, '{"password":"another"}');
  assert.equal((await deskpod(['users', 'passwd', 'amy', '--server', address, '--token', 't'])).code, 2);
});

test('an administrator disables a user, sees it in the list, and enables them again', async (context) => {
  const { address, heard } = await recordingServer(context, {
    'PUT /api/v1/users/amy/disabled': {},
    'GET /api/v1/users': {
      users: [{ id: 'amy', name: 'Amy', labels: ['user'], createdAt: EXPIRES, disabled: true }],
    },
  });
  const { deskpod } = await commandLine(context);
  const at = ['--server', address, '--token', 't'];
  assert.equal((await deskpod(['users', 'disable', 'amy', ...at])).out, 'amy is disabled.\n');
  assert.match((await deskpod(['users', 'list', ...at])).out, /STATE .*\namy .* disabled /);
  assert.equal((await deskpod(['users', 'enable', 'amy', ...at])).out, 'amy is enabled.\n');
  assert.deepEqual([heard[0]?.body, heard[2]?.body], ['{"disabled":true}', '{"disabled":false}']);
});

test('an administrator changes a role and ends sessions; everybody can log out everywhere', async (context) => {
  const { address, heard } = await recordingServer(context, {
    'PUT /api/v1/users/amy/roles': {},
    'DELETE /api/v1/users/amy/sessions': {},
    'DELETE /api/v1/sessions': {},
    'POST /api/v1/session': {
      user: { id: 'amy', name: 'Amy', provider: 'planet', labels: [], roles: ['user'] },
      expiresAt: EXPIRES,
      token: 'abc',
    },
  });
  const { deskpod } = await commandLine(context);
  const at = ['--server', address, '--token', 't'];
  assert.equal((await deskpod(['users', 'role', 'amy', 'admin', ...at])).out, 'amy now has the role admin.\n');
  assert.equal(heard[0]?.body, '{"roles":["user","admin"]}');
  assert.equal((await deskpod(['users', 'role', 'amy', 'king', ...at])).code, 2);
  assert.equal((await deskpod(['users', 'logout', 'amy', ...at])).out, 'The sessions of amy were ended.\n');
  await deskpod(['login', 'amy', '--server', address], 'amy\n');
  assert.equal((await deskpod(['logout', '--everywhere'])).out, `Logged out of ${address} everywhere.\n`);
  assert.deepEqual(
    heard.map(({ method, url }) => `${method} ${url}`),
    [
      'PUT /api/v1/users/amy/roles',
      'DELETE /api/v1/users/amy/sessions',
      'POST /api/v1/session',
      'DELETE /api/v1/sessions',
    ],
  );
  assert.match((await deskpod(['logout'])).err, /not logged in/);
});

test('a desktop is removed only after a confirmation', async (context) => {
  const { address, heard } = await recordingServer(context, {
    'GET /api/v1/desktops': { desktops: [] },
    'DELETE /api/v1/desktops/hermes-db906': {},
  });
  const { deskpod } = await commandLine(context);
  assert.equal(
    (await deskpod(['desktops', 'remove', 'hermes-db906', '--server', address, '--token', 't'], 'y\n')).code,
    2,
  );
  assert.ok(heard.every(({ method }) => method === 'GET'));
  assert.equal(
    (await deskpod(['desktops', 'remove', '-y', 'hermes-db906', '--server', address, '--token', 't'])).out,
    'hermes-db906\n',
  );
});

test('login credentials are readable only by their owner and are used until logout', async (context) => {
  const { address, heard } = await recordingServer(context, {
    'POST /api/v1/session': { user: USER, expiresAt: EXPIRES, token: 'kept' },
    'GET /api/v1/apps': { apps: [] },
    'DELETE /api/v1/session': {},
  });
  const { deskpod, home } = await commandLine(context);
  const login = await deskpod(['login', 'Hermes Conrad', '--server', `${address}/`], 'hermes\n');
  assert.equal(login.out, `Hermes Conrad at ${address}, until ${EXPIRES}\n`);
  assert.deepEqual(JSON.parse(heard[0]?.body ?? ''), {
    provider: 'directory',
    name: 'Hermes Conrad',
    password: 'hermes',
  });
  assert.equal((await stat(join(home, '.config/deskpod/login.json'))).mode & 0o777, 0o600);
  await deskpod(['apps', 'list']);
  assert.equal(heard[1]?.authorization, 'Bearer kept');
  assert.equal((await deskpod(['logout'])).code, 0);
  assert.equal((await deskpod(['logout'])).code, 1);
});

test("on the server's machine, the token in its data folder authenticates and names the address", async (context) => {
  const { address, heard } = await recordingServer(context, { 'GET /api/v1/apps': { apps: [] } });
  const { deskpod, home } = await commandLine(context);
  await mkdir(join(home, 'data'));
  await writeFile(join(home, 'data/cli-token'), `local-token\n${address}\n`);
  const { code } = await deskpod(['apps', 'list', '--data', join(home, 'data')]);
  assert.deepEqual([code, heard[0]?.authorization], [0, 'Bearer local-token']);
});

test('failures are one sentence with a fix and exit with 1; incorrect usage exits with 2', async (context) => {
  const { address } = await recordingServer(context, {});
  const { deskpod, home } = await commandLine(context);
  const missing = await deskpod(['stop', 'none', '--server', address, '--token', 't']);
  assert.deepEqual([missing.code, missing.err], [1, 'deskpod: There is no such thing. Look again.\n']);
  const nobody = await deskpod(['apps', 'list', '--data', home]);
  assert.match(nobody.err, /^deskpod: You’re not logged in, .* Log in \(deskpod login\)/);
  const away = await deskpod(['apps', 'list', '--server', 'http://127.0.0.1:9', '--token', 't']);
  assert.deepEqual(
    [away.code, away.err],
    [
      1,
      'deskpod: The server does not answer. Check that it is running (deskpod start) and that --server is correct.\n',
    ],
  );
  for (const args of [
    ['nonsense'],
    ['stop'],
    ['apps', 'list', '--nonsense'],
    ['users', 'add', 'x', '--role', 'king'],
    ['apps', 'list', '--server', 'http://', '--token', 't'],
  ]) {
    assert.equal((await deskpod(args)).code, 2, args.join(' '));
  }
});

test('help and version exit with 0', async (context) => {
  const { deskpod } = await commandLine(context);
  for (const args of [
    ['--help'],
    ['apps', '--help'],
    ['exec', '--help'],
    ['serve', '--help'],
    ['--version'],
    ['version'],
  ]) {
    const { code, out } = await deskpod(args);
    assert.equal(code, 0, args.join(' '));
    assert.notEqual(out, '');
  }
});
