/** Formats that the containers engine reads and writes: credentials, accounts, frames, logs, cgroups, references. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { accountFiles } from '#engines/shared/accounts.ts';
import { containerOf, controllerFolders } from '#engines/containers/host/cgroups.ts';
import { FrameReader } from '#containers-client/frames.ts';
import { desktopLabels, instanceLabels, readLabels, servicesIn, sharedIn } from '#engines/containers/pods/labels.ts';
import { LogFileParser } from '#engines/containers/exec/log-file.ts';
import { StampedLines } from '#domain/launches/log-line.ts';
import { memoryKill } from '#engines/containers/host/out-of-memory.ts';
import { containersConf, hardLimit, mayRaiseLimits } from '#containers-client/podman-config.ts';
import { fullName, parseReference } from '#containers-client/references.ts';
import { newCredentials, vncPasswordFile, xauthorityFile } from '#engines/shared/credentials.ts';

const ID = '3f1c'.repeat(16);
const account = { userId: 'hermes', displayName: 'Hermes: Conrad\n', provider: 'directory', uid: 4100, gid: 4100 };

/** Splits bytes at these offsets. */
function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

test('a VNC password file equals that of vncpasswd', () => {
  assert.equal(vncPasswordFile('password').toString('hex'), 'dbd83cfd727a1458');
});

test('only the first eight characters of a VNC password matter', () => {
  assert.deepEqual(vncPasswordFile('12345678'), vncPasswordFile('123456789'));
  assert.equal(newCredentials().vncPassword.length, 8);
});

test('an Xauthority file has one entry, for display 0 at any address', () => {
  const file = xauthorityFile('00112233445566778899aabbccddeeff');
  assert.equal(
    file.toString('hex'),
    `ffff00000001300012${Buffer.from('MIT-MAGIC-COOKIE-1').toString('hex')}001000112233445566778899aabbccddeeff`,
  );
});

test('credentials are different each time', () => {
  const all = Array.from({ length: 50 }, newCredentials);
  assert.equal(new Set(all.map(({ xCookie }) => xCookie)).size, 50);
  assert.equal(new Set(all.map(({ vncPassword }) => vncPassword)).size, 50);
});

test('account files name the user once, and any display name is safe in them', () => {
  const { passwd, group, shadow } = accountFiles(account, '/home/hermes');
  const lines = passwd.trim().split('\n');
  assert.equal(lines.at(-1), 'hermes:x:4100:4100:Hermes  Conrad :/home/hermes:/bin/bash');
  assert.ok(lines.every((line) => line.split(':').length === 7));
  assert.match(group, /^hermes:x:4100:$/m);
  assert.doesNotMatch(shadow, /:\$/);
});

test('a user with the name of a system account replaces it in the account files', () => {
  const { passwd } = accountFiles({ ...account, userId: 'mail' }, '/home/mail');
  assert.deepEqual(passwd.match(/^mail:.*$/gm), ['mail:x:4100:4100:Hermes  Conrad :/home/mail:/bin/bash']);
});

test('frames are the same for any chunks', () => {
  const frames = fc.array(fc.tuple(fc.constantFrom(1, 2), fc.uint8Array({ maxLength: 50 })), { maxLength: 8 });
  fc.assert(
    fc.property(frames, fc.array(fc.nat(1000), { maxLength: 6 }), (frames, cuts) => {
      const bytes = Buffer.concat(
        frames.map(([kind, data]) => Buffer.concat([Buffer.from([kind, 0, 0, 0, 0, 0, 0, data.length]), data])),
      );
      const reader = new FrameReader();
      const read = pieces(bytes, cuts).flatMap((piece) => reader.push(piece));
      assert.deepEqual(
        read.map(({ stream, data }) => [stream, data.toString('hex')]),
        frames.map(([kind, data]) => [kind === 2 ? 'stderr' : 'stdout', Buffer.from(data).toString('hex')]),
      );
    }),
  );
});

test('invalid frames are refused at once', () => {
  assert.throws(() => new FrameReader().push(Buffer.from('hello, I am text')), RangeError);
});

test('log lines of the API are the same for any chunks, with characters of several bytes', () => {
  const bytes = Buffer.from('2026-11-22T00:34:01.542Z größer\r\n2026-11-22T00:34:02Z \nno time\nrest');
  fc.assert(
    fc.property(fc.array(fc.nat(1000), { maxLength: 6 }), (cuts) => {
      const cutter = new StampedLines();
      const lines = [...pieces(bytes, cuts).flatMap((piece) => cutter.push(piece)), ...cutter.end()];
      assert.deepEqual(
        lines.map(({ text }) => text),
        ['größer', '', 'no time', 'rest'],
      );
      assert.equal(lines[0]?.stamp, '2026-11-22T00:34:01.542Z');
      assert.equal(lines[2]?.stamp, '');
    }),
  );
});

test('a line printed in pieces is joined, separately for each stream', () => {
  const time = '2026-11-22T00:34:01.542345678+01:00';
  const bytes = Buffer.from(
    `cut off\n${time} stderr P one \n${time} stdout F other\n${time} stderr P two \n${time} stderr F drei ß\n${time} stdout P open\n`,
  );
  fc.assert(
    fc.property(fc.array(fc.nat(1000), { maxLength: 6 }), (cuts) => {
      const parser = new LogFileParser();
      const lines = [...pieces(bytes, cuts).flatMap((piece) => parser.push(piece)), ...parser.end()];
      assert.deepEqual(
        lines.map(({ stream, text }) => `${stream} ${text}`),
        ['stdout other', 'stderr one two drei ß', 'stdout open'],
      );
      assert.equal(lines[0]?.at?.toISOString(), '2026-11-21T23:34:01.542Z');
    }),
  );
});

test('the container of a process is found with every engine and version of cgroups', () => {
  for (const cgroup of [
    `12:pids:/libpod_parent/libpod-${ID}\n0::/\n`,
    `0::/machine.slice/libpod-${ID}.scope/container\n`,
    `0::/system.slice/docker-${ID}.scope\n`,
    `4:memory:/docker/${ID}\n1:name=systemd:/docker/${ID}\n`,
  ]) {
    assert.equal(containerOf(cgroup), ID, cgroup);
  }
  assert.equal(containerOf('0::/user.slice/session-1.scope\n'), null);
  assert.equal(containerOf(''), null);
});

test('the files of each controller are found in both versions of cgroups', () => {
  const legacy = controllerFolders('5:cpu,cpuacct:/a\n4:memory:/b\n0::/c\n');
  assert.deepEqual(
    [legacy.get('cpuacct'), legacy.get('memory')],
    ['/sys/fs/cgroup/cpu,cpuacct/a', '/sys/fs/cgroup/memory/b'],
  );
  assert.equal(controllerFolders('0::/x\n').get('unified'), '/sys/fs/cgroup/x');
});

test("the kernel's log identifies the container that exceeded its limit, and no other message does", () => {
  const record = (constraint: string) =>
    `6,1,2,-;oom-kill:constraint=${constraint},nodemask=(null),cpuset=libpod-${ID},mems_allowed=0,oom_memcg=/libpod_parent/libpod-${ID},task_memcg=/libpod_parent/libpod-${ID},task=tail,pid=4,uid=4100`;
  assert.deepEqual(memoryKill(record('CONSTRAINT_MEMCG')), { containerId: ID, limit: 'own' });
  assert.equal(memoryKill(record('CONSTRAINT_NONE')), null);
  assert.equal(memoryKill('6,1,2,-;something else'), null);
});

test('a container that lost a process to the limit of its desktop is told from one that reached its own', () => {
  const record = (limited: string, task: string) =>
    `6,1,2,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=libpod-${ID},mems_allowed=0,oom_memcg=${limited},task_memcg=${limited}/${task},task=tail,pid=4,uid=4100`;
  const shared = { containerId: ID, limit: 'shared' };
  assert.deepEqual(memoryKill(record('/deskpod/0a1b2c3d4e5f/fry-12345', `libpod-${ID}`)), shared);
  const slice = '/deskpod.slice/deskpod-0a1b2c3d4e5f.slice/deskpod-0a1b2c3d4e5f-fry_12345.slice';
  assert.deepEqual(memoryKill(record(slice, `docker-${ID}.scope`)), shared);
  assert.equal(memoryKill(record('/deskpod/0a1b2c3d4e5f/fry-12345', 'conmon')), null);
  assert.equal(memoryKill(record('/machine.slice', `libpod-${ID}.scope`)), null, 'a limit of others');
});

test('image references default to docker.io and latest', () => {
  const full = (text: string): string | null => {
    const parsed = parseReference(text);
    return parsed && fullName(parsed);
  };
  assert.equal(full('xeyes'), 'docker.io/library/xeyes:latest');
  assert.equal(full('abcdesktopio/2048:3.0'), 'docker.io/abcdesktopio/2048:3.0');
  assert.equal(full('localhost/deskpod/terminal:1'), 'localhost/deskpod/terminal:1');
  assert.equal(full('registry.example:5000/a/b'), 'registry.example:5000/a/b:latest');
  const digest = `sha256:${'ab'.repeat(32)}`;
  assert.equal(full(`a/b@${digest}`), `docker.io/a/b@${digest}`);
  for (const wrong of ['', ' ', 'a b', '/a', 'a/', 'a:', 'a@b', '../x', `a@${digest}@${digest}`])
    assert.equal(parseReference(wrong), null, wrong);
});

test('a full reference is unchanged', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', 'b', '/', ':', '.', '@', '1', '-'), maxLength: 20 }), (text) => {
      const parsed = parseReference(text);
      if (parsed) assert.deepEqual(parseReference(fullName(parsed)), parsed);
    }),
  );
});

test("an object's labels identify its owner, whatever labels its spec contains", () => {
  const instance = instanceLabels('/var/lib/deskpod');
  const spec = {
    id: 'hermes-db906',
    account: { ...account, displayName: 'Hermes Conrad' },
    image: 'x',
    geometry: { width: 1, height: 1 },
    regional: { timezone: null, languages: [] },
    env: {},
    x11Tcp: true,
    limits: {},
    labels: { 'deskpod/user': 'fry', type: 'nonsense', 'app.kubernetes.io/managed-by': 'somebody', shipcrew: 'true' },
    shared: ['Team files'],
  };
  const labels = desktopLabels(instance, spec, ['files', 'sound']);
  assert.deepEqual(servicesIn(labels), ['files', 'sound']);
  assert.deepEqual(sharedIn(labels), ['Team files']);
  assert.deepEqual(readLabels(labels), { type: 'x11server', desktopId: 'hermes-db906', account: spec.account });
  assert.deepEqual(
    [labels['app.kubernetes.io/managed-by'], labels['access_username'], labels['shipcrew']],
    ['deskpod', 'Hermes_Conrad', 'true'],
  );
  assert.notDeepEqual(instance, instanceLabels('/srv/other'));
  assert.equal(readLabels({ type: 'x11server' }), null);
});

test('Podman gets limits only if it cannot raise its own', () => {
  assert.equal(mayRaiseLimits('Name:\tx\nCapEff:\t000001fffeffffff\n'), false);
  assert.equal(mayRaiseLimits('Name:\tx\nCapEff:\t000001ffffffffff\n'), true);
  assert.equal(
    hardLimit('Max open files            1024                 20000                files     \n', 'Max open files'),
    '20000',
  );
  assert.equal(
    hardLimit('Max processes             unlimited            unlimited            processes \n', 'Max processes'),
    '-1',
  );
  const folders = { data: '/d', run: '/r' };
  const ordinary = containersConf({ hybridCgroups: false, systemd: true, ulimits: null, init: null }, folders);
  assert.doesNotMatch(ordinary, /ulimits|runc|cgroup_manager|init_path/);
  const here = containersConf(
    { hybridCgroups: true, systemd: false, ulimits: { nofile: '5', nproc: '6' }, init: '/usr/bin/tini' },
    folders,
  );
  assert.match(here, /default_ulimits = \["nofile=5:5", "nproc=6:6"\]/);
  assert.match(here, /runtime = "runc"\ncgroup_manager = "cgroupfs"/);
});
