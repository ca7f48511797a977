/** What the seccomp profiles allow and refuse. That kernels and engines agree is in the engine contract. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeSeccompProfiles } from '#engines/containers/host/seccomp-files.ts';
import { securityOptions } from '#engines/containers/specs/security.ts';
import { profileFile, profileText, SECCOMP_PROFILES } from '#engines/shared/seccomp.ts';
import { SeccompProfile } from '#protocol/app.ts';

const FILES = new URL('../../../../deploy/kubernetes/seccomp/', import.meta.url);
const NEW = { mount: 0x2_0000, time: 0x80, uts: 0x400_0000, user: 0x1000_0000, pid: 0x2000_0000, net: 0x4000_0000 };
const THREAD = 0x3d_0f00;
const SIGCHLD = 17;

/** Whether the profile allows a system call with these arguments. */
function allows(name: string, ...args: readonly number[]): boolean {
  const rules = SECCOMP_PROFILES['browser-sandbox'].syscalls.filter(({ names }) => names.includes(name));
  return rules.some(
    ({ action, args: conditions = [] }) =>
      action === 'SCMP_ACT_ALLOW' &&
      conditions.every(({ index, op, value, valueTwo = 0 }) => {
        const given = BigInt(args[index] ?? 0);
        return op === 'SCMP_CMP_EQ' ? given === BigInt(value) : (given & BigInt(value)) === BigInt(valueTwo);
      }),
  );
}

test('browser-sandbox allows the namespaces of Chromium’s sandbox, and no other', () => {
  assert.ok(allows('clone', THREAD) && allows('clone', SIGCHLD), 'threads and processes');
  assert.ok(allows('clone', NEW.user | NEW.pid | NEW.net | SIGCHLD));
  assert.ok(allows('clone', NEW.pid | SIGCHLD), 'within the user namespace');
  assert.ok(!allows('clone', NEW.user | NEW.mount | SIGCHLD));
  assert.ok(!allows('clone', NEW.uts | SIGCHLD));
  assert.ok(allows('unshare', NEW.user));
  for (const flags of [NEW.net, NEW.mount, NEW.time, NEW.user | NEW.mount, NEW.user | NEW.net, 0])
    assert.ok(!allows('unshare', flags), flags.toString(16));
  assert.ok(allows('chroot'));
  assert.ok(!allows('setns') && !allows('clone3'));
});

test('browser-sandbox allows sockets for the web and for local programs, not for a network’s administrator', () => {
  const [unix, inet, inet6, netlink, packet, vsock, alg] = [1, 2, 10, 16, 17, 40, 38];
  const [stream, datagram, raw, cloexec] = [1, 2, 3, 0x8_0000];
  for (const [family, type, protocol] of [
    [unix, 5, 0],
    [inet, stream | cloexec, 0],
    [inet6, datagram | cloexec, 0],
    [netlink, raw, 0],
    [netlink, datagram, 15],
  ] as const)
    assert.ok(allows('socket', family, type, protocol), `${family} ${type} ${protocol}`);
  const filter = 12;
  for (const [family, type, protocol] of [
    [inet, raw, 255],
    [inet6, raw, 58],
    [netlink, raw, filter],
    [netlink, raw, 6],
    [packet, raw, 3],
    [vsock, stream, 0],
    [alg, 5, 0],
  ] as const)
    assert.ok(!allows('socket', family, type, protocol), `${family} ${type} ${protocol}`);
});

test('what the default profiles refuse without capabilities is refused by name', () => {
  const refused =
    'mount umount2 pivot_root move_mount fsopen bpf perf_event_open keyctl add_key userfaultfd init_module kexec_load reboot ' +
    'swapon syslog open_by_handle_at io_uring_setup kcmp setns quotactl';
  for (const name of refused.split(' ')) assert.ok(!allows(name), name);
  for (const name of ['read', 'ptrace', 'seccomp', 'futex', 'memfd_create']) assert.ok(allows(name), name);
});

test('no system call is named twice, except with conditions', () => {
  for (const { syscalls } of Object.values(SECCOMP_PROFILES)) {
    const plain = syscalls.flatMap(({ names, args }) => (args === undefined ? names : []));
    assert.equal(new Set(plain).size, plain.length);
    for (const { names, args } of syscalls) if (args) assert.ok(!names.some((name) => plain.includes(name)));
  }
});

test('deploy/kubernetes/seccomp has the profiles for the nodes of clusters', async () => {
  for (const name of SeccompProfile.options) {
    const file = new URL(profileFile(name), FILES);
    if (process.env['UPDATE_DOCS'] === '1') await writeFile(file, profileText(name));
    else {
      const kept: unknown = JSON.parse(await readFile(file, 'utf8'));
      assert.deepEqual(kept, SECCOMP_PROFILES[name], 'run this test with UPDATE_DOCS=1');
    }
  }
});

test('Podman gets the file of a profile, Docker the profile, and without one both have their default', () => {
  const seccomp = '/run/deskpod/seccomp';
  assert.deepEqual(securityOptions(null, { flavour: 'docker', seccomp }), ['no-new-privileges']);
  assert.deepEqual(securityOptions('browser-sandbox', { flavour: 'podman', seccomp }), [
    'no-new-privileges',
    'seccomp=/run/deskpod/seccomp/browser-sandbox.json',
  ]);
  const [, given = ''] = securityOptions('browser-sandbox', { flavour: 'docker', seccomp });
  assert.deepEqual(JSON.parse(given.replace(/^seccomp=/, '')), SECCOMP_PROFILES['browser-sandbox']);
});

test('the files replace those of an earlier version, and only root reads them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'deskpod-seccomp-'));
  try {
    const file = join(folder, 'browser-sandbox.json');
    await writeFile(file, 'old');
    await writeSeccompProfiles(folder);
    assert.equal(await readFile(file, 'utf8'), profileText('browser-sandbox'));
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
  } finally {
    await rm(folder, { recursive: true });
  }
});
