/** `deskpod debug` and the other commands for debugging, against a server that records requests. */
import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { bodyOf, deskpodAt } from '../../fakes/command-line.ts';
import { debugSession, ID, RECORDING } from '../../fakes/debug-session.ts';

const LAUNCH = 'hermes-app-paint-4dd6f';
const HERE = { user: { id: 'hermes', name: 'Hermes', provider: 'directory', labels: [], roles: ['user'] } };
const SESSION = { ...HERE, expiresAt: '2027-01-02T03:04:05.000Z' };

test('a toolbox request carries all options, and its name is printed', async (context) => {
  const { run, heard, home } = await deskpodAt(context, { 'POST /api/v1/debug/toolboxes': debugSession() });
  const custom = join(home, 'custom.yaml');
  await writeFile(custom, 'securityContext:\n  runAsUser: 0\n');
  const flags = [
    '--target',
    'f-files',
    '--container',
    'mine',
    '--image',
    'toolbox:1',
    '--profile',
    'netadmin',
    '-e',
    'A=1',
  ];
  const { code, out, err } = await run([
    'debug',
    LAUNCH,
    ...flags,
    '--plain',
    '--custom',
    custom,
    '--reason',
    'ticket 7',
    '--',
    'ss',
    '-tlnp',
  ]);
  assert.deepEqual([code, out, err], [0, 'debugger-x7f2k\n', '']);
  assert.deepEqual(bodyOf(heard), {
    launch: LAUNCH,
    target: 'f-files',
    name: 'mine',
    image: 'toolbox:1',
    profile: 'netadmin',
    reason: 'ticket 7',
    env: { A: '1' },
    command: ['ss', '-tlnp'],
    plain: true,
    custom: { securityContext: { runAsUser: 0 } },
  });
});

test('a desktop target is - or desktop:ID', async (context) => {
  const { run, heard } = await deskpodAt(context, { 'POST /api/v1/debug/toolboxes': debugSession() });
  assert.equal((await run(['debug', '-'])).code, 0);
  assert.equal((await run(['debug', 'desktop:fry-db906', '--json'])).code, 0);
  assert.deepEqual(
    heard.map(({ body }) => JSON.parse(body)),
    [
      { env: {}, command: [] },
      { desktop: 'fry-db906', env: {}, command: [] },
    ],
  );
});

test('with -i its terminal is attached; the exit code of its command becomes this one’s', async (context) => {
  const { run, heard } = await deskpodAt(
    context,
    { 'POST /api/v1/debug/toolboxes': debugSession({ reused: true }) },
    (socket) => {
      socket.send(Buffer.from('\u0001Toolbox beside paint.\n'));
      socket.on('message', (data) => {
        if (Buffer.isBuffer(data) && data.toString().includes('exit'))
          socket.send(JSON.stringify({ type: 'exit', exitCode: 3 }));
      });
    },
  );
  const { code, out, err } = await run(['debug', LAUNCH, '-i'], 'exit 3\n');
  assert.deepEqual([code, out], [3, 'Toolbox beside paint.\n']);
  assert.match(err, /^Existing toolbox debugger-x7f2k on hermes-app-paint-4dd6f, profile rest/);
  assert.equal(heard[1]?.url, `/api/v1/terminal?columns=80&rows=24&tty=0&debug=${ID}`);
});

test('a terminal reconnects after a loss; Enter ~ . detaches from it and leaves it open', async (context) => {
  let joined = 0;
  const keys = new PassThrough();
  const { run, heard } = await deskpodAt(context, { [`GET /api/v1/debug/${ID}`]: debugSession() }, (socket) => {
    joined += 1;
    socket.send(JSON.stringify({ type: 'people', count: 2 }));
    socket.send(Buffer.from(`history ${joined}`));
    if (joined === 1) socket.terminate();
    // Waits until the output has arrived.
    else setTimeout(() => keys.write('ls\r~.'), 100);
  });
  const { code, out, err } = await run(['debug', '--attach', ID], keys);
  assert.equal(code, 0);
  assert.match(out, /history 2$/);
  assert.match(err, /Connection lost\. Reconnecting …/);
  assert.match(err, /2 participants share this terminal/);
  assert.match(err, new RegExp(`still open\\. Attach: deskpod debug --attach ${ID} {2}End: deskpod debug end ${ID}`));
  assert.deepEqual(heard.at(-1)?.url, `/api/v1/terminal?columns=100&rows=30&tty=1&debug=${ID}`);
});

test("the server's refusal of a terminal is printed with a fix", async (context) => {
  const refusal = { error: { code: 'no_such_program', message: 'The image has no sh.' } };
  const { run } = await deskpodAt(context, { 'UPGRADE /api/v1/terminal': refusal });
  const { code, err } = await run(['exec', '--', LAUNCH]);
  assert.equal(code, 127);
  assert.equal(err, `deskpod: The image has no sh. A toolbox has a shell and tools: deskpod debug ${LAUNCH} -it\n`);
});

test('while it waits for approval it names the user who must approve, then continues', async (context) => {
  const asking = debugSession({
    status: { state: 'asking', approvableAt: SESSION.expiresAt, until: SESSION.expiresAt },
  });
  const states = [debugSession({ status: { state: 'starting', detail: 'fetching the image' } }), debugSession()];
  const { run } = await deskpodAt(context, {
    'POST /api/v1/debug/toolboxes': asking,
    'GET /api/v1/events': events([asking, asking]),
    [`GET /api/v1/debug/${ID}`]: (response: ServerResponse) => json(response, states.shift()),
  });
  const { code, out, err } = await run(['debug', LAUNCH, '--reason', 'why']);
  assert.deepEqual([code, out], [0, 'debugger-x7f2k\n']);
  assert.match(
    err,
    /^Waiting until \d\d:\d\d for hermes to approve\. .* deskpod debug approve .*\nStarting: fetching the image\n$/,
  );
});

test('a refusal is one sentence and exits with 1', async (context) => {
  const ended = (reason: string, message: string | null) =>
    debugSession({ status: { state: 'ended', at: SESSION.expiresAt, reason, exitCode: null, message } });
  const sessions = [ended('declined', null), ended('failed', 'The list is full.'), ended('unanswered', null)];
  const { run } = await deskpodAt(context, {
    'POST /api/v1/debug/toolboxes': (response: ServerResponse) => json(response, sessions.shift()),
  });
  assert.deepEqual(await run(['debug', LAUNCH]), { code: 1, out: '', err: 'deskpod: The request was denied.\n' });
  assert.equal((await run(['debug', LAUNCH])).err, 'deskpod: The list is full.\n');
  assert.match(
    (await run(['debug', LAUNCH])).err,
    /^deskpod: The request wasn’t answered in time\. Ask an administrator/,
  );
});

test('Ctrl-C cancels a request', async (context) => {
  const asking = debugSession({
    status: { state: 'asking', approvableAt: SESSION.expiresAt, until: SESSION.expiresAt },
  });
  const { run, heard, interrupt } = await deskpodAt(context, {
    'POST /api/v1/debug/toolboxes': asking,
    [`GET /api/v1/debug/${ID}`]: (response: ServerResponse) => {
      json(response, asking);
      interrupt();
    },
    [`POST /api/v1/debug/${ID}/end`]: asking,
  });
  const { code, err } = await run(['debug', LAUNCH]);
  assert.equal(code, 130);
  assert.match(err, /deskpod: Canceled\.\n$/);
  assert.ok(heard.some(({ url }) => url === `/api/v1/debug/${ID}/end`));
});

test('a copy request carries all options', async (context) => {
  const { run, heard } = await deskpodAt(context, {
    'POST /api/v1/debug/copies': debugSession({ kind: 'copy', name: 'hermes-app-paint-00001', profile: null }),
  });
  const flags = ['--copy-to', 'paint-again', '--set-image', 'paint:2', '--share-processes=false', '--same-node'];
  const { code, out } = await run(['debug', LAUNCH, ...flags, '--', 'sleep', 'infinity']);
  assert.deepEqual([code, out], [0, 'hermes-app-paint-00001\n']);
  assert.deepEqual(bodyOf(heard), {
    launch: LAUNCH,
    name: 'paint-again',
    image: 'paint:2',
    sameNode: true,
    env: {},
    command: ['sleep', 'infinity'],
    shareProcesses: false,
  });
});

test('attaching to an ended session prints its output and how it ended', async (context) => {
  const over = { state: 'ended', at: SESSION.expiresAt, reason: 'exited', exitCode: 4, message: null };
  const { run } = await deskpodAt(context, {
    [`GET /api/v1/debug/${ID}`]: debugSession({ status: over, transcript: true }),
    [`GET /api/v1/debug/${ID}/transcript`]: (response: ServerResponse) => response.end(RECORDING),
  });
  const { code, out, err } = await run(['debug', '--attach', ID]);
  assert.deepEqual([code, out, err], [4, 'one\r\ntwo\r\n', 'deskpod: The session ended with exit code 4.\n']);
});

test('--offer lists the profiles, with the reasons of unavailable ones', async (context) => {
  const offer = {
    refusal: null,
    needs: 'consent',
    profiles: [
      { profile: 'restricted', refusal: null },
      { profile: 'general', refusal: 'violates PodSecurity' },
    ],
    profile: 'restricted',
    images: ['toolbox:1'],
    targets: ['x-graphical'],
    ttlSeconds: 3600,
  };
  const offers = [offer, { ...offer, refusal: 'It is switched off.' }];
  const { run, heard } = await deskpodAt(context, {
    'GET /api/v1/debug/offer': (response: ServerResponse) => json(response, offers.shift()),
  });
  const { out } = await run(['debug', LAUNCH, '--offer']);
  assert.match(out, /^restricted +yes \(default\)\ngeneral +no: violates PodSecurity\n/m);
  assert.match(
    out,
    /^Requires: a reason .* consent .*\nImages: toolbox:1\nTargets: x-graphical\nTime limit: 60 minutes/m,
  );
  assert.equal(heard[0]?.url, `/api/v1/debug/offer?launch=${LAUNCH}`);
  assert.deepEqual(await run(['debug', LAUNCH, '--offer']), {
    code: 1,
    out: '',
    err: 'deskpod: It is switched off.\n',
  });
});

test('conflicting options are refused before any request', async (context) => {
  const { run, heard } = await deskpodAt(context, {});
  for (const [args, complaint] of [
    [[], /Name the launch to debug/],
    [[LAUNCH, '--set-image', 'x'], /--set-image can’t be used without --copy-to/],
    [[LAUNCH, '--share-processes=false'], /--share-processes can’t be used without/],
    [[LAUNCH, '--share-processes=perhaps'], /Enter true or false/],
    [[LAUNCH, '--copy-to', '--profile', 'general'], /--profile can’t be used with --copy-to/],
    [['-', '--copy-to', 'x'], /Only launches can be copied/],
    [['--attach', ID, '--image', 'x'], /--image can’t be used with --attach/],
    [[LAUNCH, '--attach', ID], /Don’t combine --attach with a launch/],
    [[LAUNCH, '--profile', 'legacy'], /Allowed choices are restricted/],
    [[LAUNCH, '-it'], /-t requires a terminal/],
  ] as const) {
    const { code, err } = await run(['debug', ...args]);
    assert.equal(code, 2, args.join(' '));
    assert.match(err, complaint);
  }
  assert.equal(heard.length, 0);
});

test('exec in another user’s launch requests a session first and ends it afterwards', async (context) => {
  const { run, heard } = await deskpodAt(
    context,
    {
      'POST /api/v1/debug/execs': debugSession({ kind: 'exec' }),
      [`POST /api/v1/debug/${ID}/end`]: debugSession({ kind: 'exec' }),
    },
    (socket) => socket.send(JSON.stringify({ type: 'exit', exitCode: 0 })),
  );

  const allowed = await run(['exec', '--reason', 'ticket 7', '--', LAUNCH, 'id', '-u']);
  assert.equal(allowed.code, 0, allowed.err);
  assert.deepEqual(bodyOf(heard), { launch: LAUNCH, reason: 'ticket 7' });
  assert.deepEqual(
    heard.map(({ url }) => url),
    [
      '/api/v1/debug/execs',
      `/api/v1/terminal?columns=80&rows=24&tty=0&input=0&debug=${ID}&command=id&command=-u`,
      `/api/v1/debug/${ID}/end`,
    ],
  );
});

test('a support archive never overwrites a file', async (context) => {
  const { run, home } = await deskpodAt(context, {
    [`GET /api/v1/launches/${LAUNCH}/support`]: (response: ServerResponse) => response.end('archive'),
  });
  const file = join(home, 'a.tar.gz');
  assert.equal((await run(['support', LAUNCH, '--file', file])).out, `${file}\n`);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  const again = await run(['support', LAUNCH, '--file', file]);
  assert.deepEqual([again.code, /already exists/.test(again.err)], [1, true]);
  assert.equal(await readFile(file, 'utf8'), 'archive');
  assert.equal((await run(['support', LAUNCH, '--file', '-'])).out, 'archive');
});

const DESKTOP = {
  id: 'fry-00001',
  status: { state: 'running' },
  trace: null,
  place: null,
  entries: { finished: 0, most: null },
  home: 'kept',
};

test('a desktop is rebuilt at once only after a confirmation', async (context) => {
  const { run, heard } = await deskpodAt(context, {
    'GET /api/v1/desktop': DESKTOP,
    'POST /api/v1/desktop/rebuild': {},
    'DELETE /api/v1/desktop/rebuild': {},
  });
  assert.equal((await run(['desktops', 'rebuild', '--when', 'now'])).code, 2);
  assert.match((await run(['desktops', 'rebuild'])).out, /when it’s idle/);
  assert.match((await run(['desktops', 'rebuild', '--when', 'now', '-y'])).out, /is being rebuilt\.$/m);
  assert.match((await run(['desktops', 'rebuild', '--cancel'])).out, /scheduled rebuild is canceled/);
  assert.deepEqual(
    heard.filter(({ method }) => method !== 'GET').map(({ method, body }) => [method, body]),
    [
      ['POST', '{"when":"idle"}'],
      ['POST', '{"when":"now"}'],
      ['DELETE', ''],
    ],
  );
});

function json(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** An event stream that stays open. */
function events(sessions: readonly object[]) {
  return (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const session of sessions) response.write(`data: ${JSON.stringify({ type: 'debug', session })}\n\n`);
  };
}
