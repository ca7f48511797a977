/** Toolboxes as requested from the containers engine, and how it reads the processes of a desktop: pure functions. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { z } from 'zod';
import type { ToolboxSpec } from '#domain/ports/debug-engine.ts';
import type { LaunchDesktop, HostSettings } from '#engines/containers/specs/container-spec.ts';
import { withholds } from '#engines/containers/debug/admitted.ts';
import { commandsFor } from '#engines/containers/debug/commands.ts';
import { joinedTo } from '#engines/containers/debug/foreign.ts';
import { parseStat, parseStatus, pidIn } from '#engines/containers/debug/host-processes.ts';
import { merged, parseCustom, securityOf } from '#engines/containers/debug/profiles.ts';
import { masked } from '#engines/containers/debug/raw.ts';
import { inetRows, unixRows } from '#engines/containers/debug/socket-tables.ts';
import {
  startsAsToolbox,
  toolboxBody,
  type Beside,
  type ToolboxImage,
} from '#engines/containers/debug/toolbox-spec.ts';
import { instanceLabels, readLabels, readToolbox, toolboxLabels } from '#engines/containers/pods/labels.ts';
import { Container, type OwnedContainer } from '#engines/containers/pods/describe.ts';
import { desktopPaths, homeOf } from '#engines/containers/specs/paths.ts';
import { DebugProfile } from '#protocol/debug.ts';

const Body = z.looseObject({
  User: z.string().optional(),
  Env: z.array(z.string()),
  Entrypoint: z.array(z.string()).optional(),
  Tty: z.literal(true),
  StdinOnce: z.literal(false),
  HostConfig: z.looseObject({
    NetworkMode: z.string(),
    IpcMode: z.string(),
    PidMode: z.string(),
    Privileged: z.boolean(),
    CapAdd: z.array(z.string()),
    CapDrop: z.array(z.string()),
    SecurityOpt: z.array(z.string()),
    Binds: z.array(z.string()),
    Memory: z.number(),
    PidsLimit: z.number(),
  }),
});

const account = { userId: 'hermes', displayName: 'Hermes Conrad', provider: 'directory', uid: 4100, gid: 4100 };
const ANCHOR = 'a'.repeat(64);
const TARGET = 'b'.repeat(64);
const paths = desktopPaths('/run/deskpod', 'hermes-db906');
const desktop: LaunchDesktop = {
  account,
  paths,
  home: homeOf('/var/lib/deskpod', account.userId, null),
  image: 'sha256:desktop',
  cgroup: '/deskpod/x/hermes-db906',
  services: ['files', 'sound', 'printer'],
  shared: [],
  printQueue: 'q0123',
  inherited: { TZ: 'UTC' },
  display: {
    desktopId: 'hermes-db906',
    containerId: ANCHOR,
    address: '10.0.0.2',
    socketFolder: paths.x11,
    joinsHostname: true,
  },
};
const around: HostSettings = {
  flavour: 'podman',
  shmBytes: 1e8,
  tmpBytes: 1e8,
  node: 'vm',
  services: [],
  init: true,
  processors: 2,
  shared: [],
  seccomp: '/run/deskpod/seccomp',
};
const ours: ToolboxImage = { toolbox: true, user: '1000:1000' };
const inside: Beside = { runtime: 'ephemeral_container', containerId: TARGET, joinId: TARGET, name: 'the game' };
const beside: Beside = { ...inside, runtime: 'pod_application' };
const spec: ToolboxSpec = {
  name: 'debugger-x7f2k',
  target: { desktopId: 'hermes-db906', launchId: 'hermes-game-12345' },
  image: 'localhost/deskpod/toolbox:1',
  profile: 'restricted',
  env: {},
  command: [],
  plain: false,
  custom: null,
  by: 'fry',
  shared: true,
};

function body(more: Partial<ToolboxSpec> = {}, where = inside, image = ours): z.infer<typeof Body> {
  return Body.parse(toolboxBody({ ...spec, ...more }, {}, image, where, desktop, around));
}

test('a toolbox has the X socket only if it shares the IPC namespace of the display, and never its secrets', () => {
  const any = fc.record({
    profile: fc.constantFrom(...DebugProfile.options),
    plain: fc.boolean(),
    env: fc.dictionary(fc.constantFrom('DISPLAY', 'HOME', 'XAUTHORITY'), fc.constantFrom(':0', '127.0.0.1:0', '/x')),
    custom: fc.constantFrom(null, { securityContext: { privileged: true } }),
  });
  fc.assert(
    fc.property(any, fc.constantFrom(inside, beside), (more, where) => {
      const { HostConfig, Env } = body(more, where);
      const socket = HostConfig.Binds.some((entry) => /x11|\.X11-unix/i.test(entry));
      assert.equal(socket, where === inside && !more.plain);
      const joined = `container:${where === inside ? ANCHOR : TARGET}`;
      assert.deepEqual([HostConfig.NetworkMode, HostConfig.IpcMode, HostConfig.PidMode], [joined, joined, joined]);
      const sources = HostConfig.Binds.map((entry) => entry.split(':')[0] ?? '');
      assert.ok(
        sources.every(
          (source) => source === paths.xauthority || ![paths.secret, paths.rfb, paths.root].includes(source),
        ),
      );
      const display = Env.filter((entry) => entry.startsWith('DISPLAY=')).map((entry) => entry.slice(8));
      if (!more.plain) assert.deepEqual(display, [where === inside ? ':0' : '10.0.0.2:0']);
      assert.ok(HostConfig.Memory > 0 && HostConfig.PidsLimit > 0);
    }),
  );
});

test("a toolbox names its target, runs our script, and has the target's user; wide profiles run as root", () => {
  const { Env, Entrypoint, User } = body({ command: ['top'], env: { COLOUR: 'red' } });
  assert.deepEqual([User, Entrypoint], ['4100:4100', ['toolbox', 'top']]);
  for (const entry of [
    `TOOLBOX_TARGET=${TARGET}`,
    'TOOLBOX_NAME=the game',
    'HOME=/home/hermes',
    'COLOUR=red',
    'TZ=UTC',
  ])
    assert.ok(Env.includes(entry), entry);
  assert.equal(body({ profile: 'general' }).User, '4100:4100');
  assert.equal(body({ profile: 'netadmin' }).User, '0:0');
  assert.equal(body({ profile: 'sysadmin' }).User, '0:0');
});

test("plain has kubectl's fields: image, command and variables, and nothing of Deskpod", () => {
  const plain = body({ plain: true, command: ['sh'], env: { COLOUR: 'red' } });
  assert.deepEqual([plain.User, plain.Entrypoint, plain.Env], ['1000:1000', ['sh'], ['COLOUR=red']]);
  assert.deepEqual(plain.HostConfig.Binds, []);
  assert.equal(body({ plain: true }).Entrypoint, undefined);
  const root = { toolbox: false, user: '' };
  assert.throws(() => body({ plain: true }, inside, root), { code: 'profile_refused' });
  assert.equal(body({ plain: true, profile: 'baseline' }, inside, root).User, undefined);
  assert.deepEqual(body({ image: 'docker.io/library/busybox:1', command: ['sh'] }, inside, root).Entrypoint, ['sh']);
});

test('security contexts of the profiles', () => {
  const reported = DebugProfile.options.map((profile) => {
    const { HostConfig } = body({ profile });
    return [profile, HostConfig.Privileged, HostConfig.CapAdd, HostConfig.CapDrop, HostConfig.SecurityOpt];
  });
  assert.deepEqual(reported, [
    ['restricted', false, [], ['ALL'], ['no-new-privileges']],
    ['baseline', false, [], [], []],
    ['general', false, ['SYS_PTRACE'], [], []],
    ['netadmin', false, ['NET_ADMIN', 'NET_RAW'], [], []],
    ['sysadmin', true, [], [], []],
  ]);
});

test('a custom container overrides the fields it sets, and a field that has no effect is reported', () => {
  const custom = parseCustom({ securityContext: { runAsUser: 7, capabilities: { add: ['CHOWN'] } } });
  assert.deepEqual(merged(securityOf('general'), custom), { ...securityOf('general'), add: ['CHOWN'], user: 7 });
  const given = { securityContext: { runAsUser: 7 }, env: [{ name: 'A', value: 'b' }] };
  const made = body({ custom: given, env: { A: 'x' } });
  assert.deepEqual([made.User, made.Env.filter((entry) => entry.startsWith('A='))], ['7', ['A=b']]);
  assert.throws(() => body({ custom: { securityContext: { runAsUser: 0 } } }), { code: 'profile_refused' });
  for (const [field, wrong] of [
    ['volumeMounts', { volumeMounts: [] }],
    ['securityContext.seccompProfile', { securityContext: { seccompProfile: {} } }],
    ['env.0.valueFrom', { env: [{ name: 'A', value: '', valueFrom: {} }] }],
    ['securityContext.runAsUser', { securityContext: { runAsUser: 'root' } }],
  ] as const)
    assert.throws(() => parseCustom(wrong), new RegExp(`The field ${field.replaceAll('.', '\\.')} `));
});

test('only an image of Deskpod that is labelled as a toolbox starts with the script', () => {
  assert.ok(startsAsToolbox('localhost/deskpod/toolbox-large:1', { 'oc.type': 'toolbox' }));
  assert.ok(!startsAsToolbox('localhost/deskpod/terminal:1', { 'oc.type': 'app' }));
  assert.ok(!startsAsToolbox('docker.io/evil/toolbox:1', { 'oc.type': 'toolbox' }));
});

test('labels store who debugs what, with which permissions', () => {
  const labels = toolboxLabels(instanceLabels('/var/lib/deskpod'), { ...spec, shared: false }, account);
  assert.equal(readLabels(labels)?.type, 'toolbox');
  const { name, target, by, profile } = spec;
  assert.deepEqual(readToolbox(labels, 'hermes-db906'), { name, target, by, profile, shared: false });
  assert.equal(readToolbox({ ...labels, 'deskpod/profile': 'god' }, 'hermes-db906'), null);
});

test('a container of others is recognised by the namespaces it joined, in any notation of the engine', () => {
  const container = Container.parse({
    Id: ANCHOR,
    Name: '/hermes-db906',
    Created: 0,
    Image: '',
    State: { Status: 'running', Pid: 1, ExitCode: 0, StartedAt: 0, FinishedAt: 0 },
    Config: { Image: '' },
    NetworkSettings: {},
  });
  const anchor: OwnedContainer = { container, type: 'x11server', desktopId: 'hermes-db906', account };
  for (const mode of [`container:${ANCHOR}`, 'container:aaaaaaaaaaaa', 'container:hermes-db906'])
    assert.equal(joinedTo(['bridge', mode, undefined], [anchor]), anchor, mode);
  for (const mode of ['container:a', 'container:fry-00000', 'bridge', null])
    assert.equal(joinedTo([mode], [anchor]), null, String(mode));
});

test("a process is parsed with any name, and its pid is that in the container's namespace", () => {
  const rest = ['S', '7', ...Array.from({ length: 9 }, () => '0'), '150', '50', '0', '0', '20', '0', '1', '0', '4242'];
  assert.deepEqual(parseStat(`9 (a ) R (b) ${rest.join(' ')} 0 0`), {
    name: 'a ) R (b',
    state: 'S',
    parent: 7,
    ticks: 200,
    startedAt: 4242,
  });
  const status = 'Name:\tx\nUid:\t1\t4100\t4100\t4100\nVmRSS:\t  2048 kB\nNSpid:\t9123\t12\t1\n';
  assert.deepEqual(parseStatus(status), { pids: [9123, 12, 1], uid: 4100, memoryBytes: 2048 * 1024 });
  assert.deepEqual(
    [1, 2, 3, 9].map((depth) => pidIn({ pids: [9123, 12, 1] }, depth)),
    [9123, 12, 1, 1],
  );
});

test('tables of sockets are parsed to readable addresses', () => {
  const row = (local: string, remote: string, state: string): string =>
    `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000  4100        0 4711 1 0`;
  const table = (...rows: string[]): string => ['  sl  local_address', ...rows, ''].join('\n');
  const four = inetRows(
    'tcp',
    table(row('0100007F:1770', '00000000:0000', '0A'), row('0200000A:01BB', '0100000A:8000', '01')),
  );
  assert.deepEqual(four, [
    { protocol: 'tcp', local: '127.0.0.1:6000', remote: null, state: 'LISTEN', inode: '4711' },
    { protocol: 'tcp', local: '10.0.0.2:443', remote: '10.0.0.1:32768', state: 'ESTABLISHED', inode: '4711' },
  ]);
  const zero = '0'.repeat(32);
  const six = inetRows(
    'tcp6',
    table(
      row(`${zero}:1770`, `${zero}:0000`, '0A'),
      row(`B80D0120${'0'.repeat(16)}01000000:0016`, `${zero}:0000`, '0A'),
    ),
  );
  assert.deepEqual(
    six.map(({ local, remote }) => [local, remote]),
    [
      ['[::]:6000', null],
      ['[2001:db8::1]:22', null],
    ],
  );
  assert.equal(inetRows('udp', table(row('00000000:0044', '00000000:0000', '07')))[0]?.state, 'UNCONN');
  const unix = [
    'Num       RefCount Protocol Flags    Type St Inode Path',
    '0000: 00000002 00000000 00010000 0001 01 81 /tmp/.X11-unix/X0',
    '0000: 00000003 00000000 00000000 0001 03 82 /tmp/.X11-unix/X0',
    '0000: 00000002 00000000 00010000 0001 01 83 @/tmp/a b',
    '0000: 00000002 00000000 00010000 0001 01 84',
  ].join('\n');
  assert.deepEqual(
    unixRows(unix).map(({ local, inode }) => [local, inode]),
    [
      ['/tmp/.X11-unix/X0', '81'],
      ['@/tmp/a b', '83'],
    ],
  );
});

test('commands to copy use the engine that has the container', () => {
  const facts = {
    container: 'game',
    containerId: TARGET,
    user: '4100:4100',
    running: true,
    terminal: true,
    hostPid: 77,
  };
  const lines = (flavour: 'podman' | 'docker', socket: string, more = {}): string[] =>
    commandsFor({ flavour }, socket, 'toolbox', { ...facts, ...more }).map(({ line }) => line);
  const own = lines('podman', '/run/deskpod/engine/podman.sock');
  assert.ok(own.includes('podman --url unix:///run/deskpod/engine/podman.sock exec -it --user 4100:4100 game sh'));
  assert.ok(own.includes('nsenter --target 77 --all'));
  assert.ok(lines('docker', '/var/run/docker.sock').includes('docker attach game'));
  assert.ok(lines('docker', '/x.sock').includes('docker --host unix:///x.sock logs game'));
  assert.deepEqual(lines('docker', '/run/docker.sock', { running: false, hostPid: null }), [
    'docker logs game',
    'docker inspect game',
  ]);
});

test('secrets are masked wherever an object has variables', () => {
  const object = {
    Config: { Env: ['API_TOKEN=abc', 'COLOUR=red', 'EMPTY'] },
    Deep: [{ Env: ['PASSWORD=x=y'] }],
    Env: 7,
  };
  assert.deepEqual(masked(object), {
    Config: { Env: ['API_TOKEN=••••', 'COLOUR=red', 'EMPTY'] },
    Deep: [{ Env: ['PASSWORD=••••'] }],
    Env: 7,
  });
});

test('a missing capability of the machine is detected', () => {
  assert.equal(withholds('CapBnd:\t000001ffffffffff\n', 40), false);
  assert.equal(withholds('CapBnd:\t000001fffeffffff\n', 40), true);
});
