/** `deskpod inspect` and `describe`, recordings, and the key sequence that detaches from a terminal. */
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { pauses, readRecording } from '#cli/asciicast.ts';
import { LeaveKeys } from '#cli/leave-keys.ts';
import { RECORDING } from '../../fakes/debug-session.ts';
import { commandLine, recordingServer } from '../../fakes/command-line.ts';

const AT = '2026-01-02T03:04:05.000Z';
const CONTAINER = {
  name: 'x-graphical',
  kind: 'service',
  place: 'inside',
  launchId: null,
  by: null,
  profile: null,
  image: 'deskpod/desktop:1',
  state: 'running',
  restarts: 0,
  exitCode: null,
  reason: null,
  message: null,
  since: AT,
  pid: 1,
  environment: { DISPLAY: ':0', TOKEN: '••••' },
  commands: [{ does: 'exec', line: 'kubectl exec -it hermes-db906 -c x-graphical -- sh' }],
};
const FOREIGN = {
  ...CONTAINER,
  name: 'debugger-abcde',
  kind: 'foreign',
  by: 'kubectl-debug',
  state: 'finished',
  reason: 'Error',
  exitCode: 1,
  environment: {},
  commands: [],
};
const INSIDE = {
  desktopId: 'hermes-db906',
  userId: 'hermes',
  containers: [CONTAINER, FOREIGN],
  entries: { finished: 3, most: 100 },
  size: { bytes: 40_123, most: 1_500_000 },
};
const NAMESPACES = {
  containers: [
    {
      name: 'x-graphical',
      ids: { mnt: '4026532001', pid: '4026532002', net: '1', ipc: '2', uts: '3', user: '4', cgroup: '5' },
    },
    { name: 'paint', ids: { mnt: null, pid: '4026532002', net: '1', ipc: '2', uts: '3', user: '4', cgroup: null } },
  ],
};
const PROCESS = {
  pid: 7,
  parent: 1,
  container: 'paint',
  uid: 2042,
  state: 'S',
  cpu: 0.123,
  memoryBytes: 12_345_678,
  command: 'paint',
};
const SOCKET = {
  protocol: 'tcp',
  local: '0.0.0.0:6000',
  remote: null,
  state: 'LISTEN',
  pid: null,
  container: 'x-graphical',
};
const EVENT = { at: AT, about: 'hermes-db906', level: 'warning', reason: 'BackOff', message: 'again', count: 4 };

test('each view of a desktop is printed as a table, or as the original JSON', async (context) => {
  const below = '/api/v1/desktops/hermes-db906';
  const { address, heard } = await recordingServer(context, {
    [`GET ${below}/inspect`]: INSIDE,
    [`GET ${below}/namespaces`]: NAMESPACES,
    [`GET ${below}/processes`]: { processes: [PROCESS] },
    [`GET ${below}/sockets`]: { sockets: [SOCKET] },
    [`GET ${below}/events`]: { events: [EVENT] },
  });
  const { deskpod } = await commandLine(context);
  const inspect = async (...args: string[]) =>
    (await deskpod(['inspect', 'desktop:hermes-db906', ...args, '--server', address, '--token', 't'])).out;
  const containers = await inspect();
  assert.match(containers, /^x-graphical +service +inside +running +0 +2026-01-02T03:04:05.000Z +deskpod\/desktop:1$/m);
  assert.match(containers, /^debugger-abcde +foreign +inside +finished: Error \(1\) +0 .* kubectl-debug /m);
  assert.match(containers, /^3 finished containers remain .* 100 .*; the object uses 41 kB of 1500 kB\..*rebuild/m);
  assert.match(await inspect('--namespaces'), /^paint +not readable +4026532002 +1 +2 +3 +4 +not readable$/m);
  assert.match(await inspect('--processes'), /^7 +1 +2042 +S +12\.3% +12\.3 MB +paint +paint$/m);
  assert.match(await inspect('--sockets'), /^tcp +0\.0\.0\.0:6000 +LISTEN +x-graphical$/m);
  assert.match(await inspect('--events'), /warning +hermes-db906 +BackOff +×4 +again$/m);
  assert.match(await inspect('--environment'), /^x-graphical:\n {2}DISPLAY=:0\n {2}TOKEN=••••\n/);
  assert.match(await inspect('--commands'), /^ {2}kubectl exec -it hermes-db906/m);
  assert.deepEqual(JSON.parse(await inspect('--json')), INSIDE);
  assert.deepEqual(JSON.parse(await inspect('--processes', '--json')), [PROCESS]);
  const before = heard.length;
  assert.equal((await deskpod(['inspect', '--processes', '--sockets'])).code, 2);
  assert.equal(heard.length, before);
});

test('values of containers cannot control the terminal, in text and in JSON', async (context) => {
  const environment = { A: 'x\u001B[31m\u009B2J\u202Ey' };
  const { address } = await recordingServer(context, {
    'GET /api/v1/desktops/hermes-db906/describe': (response: ServerResponse) =>
      response.end(`Name: x\n\tA: ${environment.A}\n`),
    'GET /api/v1/desktops/hermes-db906/inspect': { ...INSIDE, containers: [{ ...CONTAINER, environment }] },
  });
  const { deskpod } = await commandLine(context);
  const server = ['--server', address, '--token', 't', 'desktop:hermes-db906'];
  const described = await deskpod(['describe', ...server]);
  assert.equal(described.out, 'Name: x\n\tA: x\uFFFD[31m\uFFFD2J\uFFFDy\n');
  const json = await deskpod(['inspect', '--json', ...server]);
  assert.doesNotMatch(json.out, /(?!\n)\p{Cc}|\u202E/u);
  assert.deepEqual(JSON.parse(json.out).containers[0].environment, environment);
});

test("a launch or a desktop is described with the engine's text", async (context) => {
  const text = (answer: string) => (response: ServerResponse) => response.end(answer);
  const { address, heard } = await recordingServer(context, {
    'GET /api/v1/desktops/hermes-db906/describe': text('Name: hermes-db906'),
    'GET /api/v1/desktops/hermes-db906/yaml': text('kind: Pod\n'),
    'GET /api/v1/desktop': {
      id: null,
      status: { state: 'none' },
      trace: null,
      place: null,
      entries: { finished: 0, most: null },
      home: null,
    },
  });
  const { deskpod } = await commandLine(context);
  const describe = (...args: string[]) => deskpod(['describe', ...args, '--server', address, '--token', 't']);
  assert.equal((await describe('hermes-db906')).out, 'Name: hermes-db906\n');
  assert.equal(heard[0]?.url, '/api/v1/launches/hermes-db906', 'an id can be that of a launch');
  assert.equal((await describe('--yaml', 'desktop:hermes-db906')).out, 'kind: Pod\n');
  assert.match((await describe('-')).err, /You have no desktop\. Start your desktop/);
});

test('a recording is played at its speed, with long pauses shortened', () => {
  const recording = readRecording(RECORDING);
  assert.deepEqual([recording.columns, recording.rows], [80, 24]);
  assert.deepEqual(pauses(recording, { speed: 1, idle: 2 }), [500, 2000]);
  assert.deepEqual(pauses(recording, { speed: 4, idle: 100 }), [125, 2250]);
  assert.throws(() => readRecording('{"version":1}'), /Can’t read the recording/);
});

test('a tilde and a dot at the start of a line detach; elsewhere they are input', () => {
  const keys = new LeaveKeys();
  const press = (text: string) => {
    const { send, leave } = keys.press(Buffer.from(text));
    return [send.toString(), leave];
  };
  assert.deepEqual(press('cd ~./x\r'), ['cd ~./x\r', false]);
  assert.deepEqual(press('~'), ['', false], 'the tilde is held until the next key');
  assert.deepEqual(press('/bin\r'), ['~/bin\r', false]);
  assert.deepEqual(press('~~.\r'), ['~.\r', false], 'two tildes are one');
  assert.deepEqual(press('ls\r~.'), ['ls\r', true]);
});
