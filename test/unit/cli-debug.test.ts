/** The commands that look inside, against a server that records what it is asked. */
import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { commandLine, recordingServer } from '../fakes/command-line.ts';
import type { Answers } from '../fakes/command-line.ts';
import { debugSession, ID, RECORDING } from '../fakes/debug-session.ts';

const LAUNCH = 'hermes-app-paint-4dd6f';
const HERE = { user: { id: 'hermes', name: 'Hermes', provider: 'directory', labels: [], roles: ['user'] } };
const SESSION = { ...HERE, expiresAt: '2027-01-02T03:04:05.000Z' };

type Terminal = Parameters<typeof recordingServer>[2];

async function deskpodAt(context: TestContext, answers: Answers, terminal?: Terminal) {
  const { address, heard } = await recordingServer(context, answers, terminal);
  const { deskpod, home, interrupt } = await commandLine(context);
  /** Options of the connection come last, before what belongs to the command in the target. */
  const run = (args: readonly string[], input?: string | PassThrough) => {
    const end = args.includes('--') ? args.indexOf('--') : args.length;
    return deskpod([...args.slice(0, end), '--server', address, '--token', 't', ...args.slice(end)], input);
  };
  return { run, heard, home, interrupt };
}

function bodyOf(heard: readonly { method: string; body: string }[]): unknown {
  return JSON.parse(heard.find(({ method }) => method === 'POST')?.body ?? 'null');
}

test('a toolbox is asked for with everything that was said, and its name is printed', async (context) => {
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

test('a desktop is said as - or desktop:ID', async (context) => {
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

test('with -i its terminal is joined; the exit code of what runs there becomes this one’s', async (context) => {
  const { run, heard } = await deskpodAt(
    context,
    { 'POST /api/v1/debug/toolboxes': debugSession({ reused: true }) },
    (socket) => {
      socket.send(Buffer.from('Toolbox beside paint.\n'));
      socket.on('message', (data) => {
        if (Buffer.isBuffer(data) && data.toString().includes('exit'))
          socket.send(JSON.stringify({ type: 'exit', exitCode: 3 }));
      });
    },
  );
  const { code, out, err } = await run(['debug', LAUNCH, '-i'], 'exit 3\n');
  assert.deepEqual([code, out], [3, 'Toolbox beside paint.\n']);
  assert.match(err, /^The toolbox debugger-x7f2k beside hermes-app-paint-4dd6f, which was there already, profile rest/);
  assert.equal(heard[1]?.url, `/api/v1/terminal?columns=80&rows=24&tty=0&debug=${ID}`);
});

test('at a terminal it is joined again after a loss, and left by Enter ~ . while it goes on', async (context) => {
  let joined = 0;
  const keys = new PassThrough();
  const { run, heard } = await deskpodAt(context, { [`GET /api/v1/debug/${ID}`]: debugSession() }, (socket) => {
    joined += 1;
    socket.send(JSON.stringify({ type: 'people', count: 2 }));
    socket.send(Buffer.from(`history ${joined}`));
    if (joined === 1) socket.terminate();
    // When what was sent has arrived.
    else setTimeout(() => keys.write('ls\r~.'), 100);
  });
  const { code, out, err } = await run(['debug', '--attach', ID], keys);
  assert.equal(code, 0);
  assert.match(out, /history 2$/);
  assert.match(err, /The connection was lost; joining again …/);
  assert.match(err, /2 people are at this terminal/);
  assert.match(err, new RegExp(`it goes on\\. Back: deskpod debug --attach ${ID} {2}End: deskpod looks end ${ID}`));
  assert.deepEqual(heard.at(-1)?.url, `/api/v1/terminal?columns=100&rows=30&tty=1&debug=${ID}`);
});

test('what the server says instead of a terminal is told, with what helps', async (context) => {
  const refusal = { error: { code: 'no_such_program', message: 'The image has no sh.' } };
  const { run } = await deskpodAt(context, { 'UPGRADE /api/v1/terminal': refusal });
  const { code, err } = await run(['exec', '--', LAUNCH]);
  assert.equal(code, 1);
  assert.equal(
    err,
    `deskpod: The image has no sh. A toolbox beside it has a shell and tools: deskpod debug ${LAUNCH} -it\n`,
  );
});

test('while nobody has agreed it says whom it waits for, then goes on', async (context) => {
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
    /^Waiting until \d\d:\d\d for hermes to agree; .* deskpod looks approve .*\nStarting: fetching the image\n$/,
  );
});

test('a refusal is said in one sentence and ends with 1', async (context) => {
  const ended = (reason: string, message: string | null) =>
    debugSession({ status: { state: 'ended', at: SESSION.expiresAt, reason, exitCode: null, message } });
  const sessions = [ended('declined', null), ended('failed', 'The list is full.'), ended('unanswered', null)];
  const { run } = await deskpodAt(context, {
    'POST /api/v1/debug/toolboxes': (response: ServerResponse) => json(response, sessions.shift()),
  });
  assert.deepEqual(await run(['debug', LAUNCH]), { code: 1, out: '', err: 'deskpod: They did not agree.\n' });
  assert.equal((await run(['debug', LAUNCH])).err, 'deskpod: The list is full.\n');
  assert.match((await run(['debug', LAUNCH])).err, /^deskpod: Nobody agreed in time\. Ask an administrator/);
});

test('Ctrl-C takes a request back', async (context) => {
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
  assert.match(err, /deskpod: Taken back\.\n$/);
  assert.ok(heard.some(({ url }) => url === `/api/v1/debug/${ID}/end`));
});

test('a copy is made with what was said', async (context) => {
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

test('joining one that has ended shows what it printed and how it ended', async (context) => {
  const over = { state: 'ended', at: SESSION.expiresAt, reason: 'exited', exitCode: 4, message: null };
  const { run } = await deskpodAt(context, {
    [`GET /api/v1/debug/${ID}`]: debugSession({ status: over, transcript: true }),
    [`GET /api/v1/debug/${ID}/transcript`]: (response: ServerResponse) => response.end(RECORDING),
  });
  const { code, out, err } = await run(['debug', '--attach', ID]);
  assert.deepEqual([code, out, err], [4, 'one\r\ntwo\r\n', 'deskpod: it has ended with exit code 4.\n']);
});

test('what is offered is told, with the reasons against the rest', async (context) => {
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
  assert.match(out, /^restricted +yes, unless you say another\ngeneral +no: violates PodSecurity\n/m);
  assert.match(out, /^Needs: a reason .* consent .*\nImages: toolbox:1\nTargets: x-graphical\nLasts: 60 minutes/m);
  assert.equal(heard[0]?.url, `/api/v1/debug/offer?launch=${LAUNCH}`);
  assert.deepEqual(await run(['debug', LAUNCH, '--offer']), {
    code: 1,
    out: '',
    err: 'deskpod: It is switched off.\n',
  });
});

test('options that do not go together are refused before anything is asked', async (context) => {
  const { run, heard } = await deskpodAt(context, {});
  for (const [args, complaint] of [
    [[], /Say which launch/],
    [[LAUNCH, '--set-image', 'x'], /--set-image means nothing without --copy-to/],
    [[LAUNCH, '--share-processes=false'], /--share-processes means nothing without/],
    [[LAUNCH, '--share-processes=perhaps'], /Say true or false/],
    [[LAUNCH, '--copy-to', '--profile', 'general'], /--profile means nothing together with --copy-to/],
    [['-', '--copy-to', 'x'], /Only a launch can be copied/],
    [['--attach', ID, '--image', 'x'], /--image means nothing together with --attach/],
    [[LAUNCH, '--attach', ID], /takes a session and no launch/],
    [[LAUNCH, '--profile', 'legacy'], /Allowed choices are restricted/],
    [[LAUNCH, '-it'], /needs a terminal here too/],
  ] as const) {
    const { code, err } = await run(['debug', ...args]);
    assert.equal(code, 2, args.join(' '));
    assert.match(err, complaint);
  }
  assert.equal(heard.length, 0);
});

test('exec in somebody else’s launch asks first and gives the permission back', async (context) => {
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
      `/api/v1/terminal?columns=80&rows=24&tty=0&debug=${ID}&command=id&command=-u`,
      `/api/v1/debug/${ID}/end`,
    ],
  );
});

test('looks are listed, and answered by those whom they concern', async (context) => {
  const { run, heard } = await deskpodAt(context, {
    'GET /api/v1/session': SESSION,
    'GET /api/v1/debug': { sessions: [debugSession({ reason: 'ticket 7' })] },
    [`GET /api/v1/debug/${ID}`]: debugSession(),
    [`POST /api/v1/debug/${ID}/answer`]: debugSession(),
    [`POST /api/v1/debug/${ID}/approval`]: debugSession(),
    [`POST /api/v1/debug/${ID}/end`]: debugSession(),
  });
  const { out } = await run(['looks', 'list', '--user', '*', '--open']);
  assert.match(
    out,
    /^ID +KIND +BY +INTO .*\n\S+ +toolbox +amy +hermes-app-paint-4dd6f +restricted +running .* ticket 7\n$/,
  );
  assert.equal(heard[0]?.url, '/api/v1/debug?user=*&open=true');
  for (const verb of ['agree', 'decline', 'approve', 'end'])
    assert.deepEqual(await run(['looks', verb, ID.slice(0, 8)]), { code: 0, out: `${ID}  running\n`, err: '' }, verb);
  const posts = heard.filter(({ method }) => method === 'POST').map(({ url, body }) => [url.split('/').at(-1), body]);
  assert.deepEqual(posts, [
    ['answer', '{"agree":true}'],
    ['answer', '{"agree":false}'],
    ['approval', '{"agree":true}'],
    ['end', ''],
  ]);
  assert.match((await run(['looks', 'end', 'ffff'])).err, /There is no look ffff/);
});

test('a recording is printed at once where there is no terminal, or as it is', async (context) => {
  const { run } = await deskpodAt(context, {
    [`GET /api/v1/debug/${ID}/transcript`]: (response: ServerResponse) => response.end(RECORDING),
  });
  assert.equal((await run(['looks', 'play', ID])).out, 'one\r\ntwo\r\n');
  assert.equal((await run(['looks', 'play', ID, '--raw'])).out, RECORDING);
  assert.equal((await run(['looks', 'play', ID, '--speed', '0'])).code, 2);
});

test('a support archive never takes the place of another file', async (context) => {
  const { run, home } = await deskpodAt(context, {
    [`GET /api/v1/launches/${LAUNCH}/support`]: (response: ServerResponse) => response.end('archive'),
  });
  const file = join(home, 'a.tar.gz');
  assert.equal((await run(['support', LAUNCH, '--file', file])).out, `${file}\n`);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  const again = await run(['support', LAUNCH, '--file', file]);
  assert.deepEqual([again.code, /is there already/.test(again.err)], [1, true]);
  assert.equal(await readFile(file, 'utf8'), 'archive');
  assert.equal((await run(['support', LAUNCH, '--file', '-'])).out, 'archive');
});

test('a desktop is made anew at once only when that was confirmed', async (context) => {
  const { run, heard } = await deskpodAt(context, {
    'POST /api/v1/desktop/compaction': {},
    'DELETE /api/v1/desktop/compaction': {},
  });
  assert.equal((await run(['desktops', 'compact', '--when', 'now'])).code, 2);
  assert.match((await run(['desktops', 'compact'])).out, /when nobody looks/);
  assert.match((await run(['desktops', 'compact', '--when', 'now', '-y'])).out, /made anew\.$/m);
  assert.match((await run(['desktops', 'compact', '--cancel'])).out, /stays as it is/);
  assert.deepEqual(
    heard.map(({ method, body }) => [method, body]),
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

/** A stream that stays open. */
function events(sessions: readonly object[]) {
  return (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const session of sessions) response.write(`data: ${JSON.stringify({ type: 'debug', session })}\n\n`);
  };
}
