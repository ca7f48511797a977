/** The parent cgroup of each desktop: what is written where, with both cgroup versions and with systemd. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { CgroupTree } from '#engines/containers/host/cgroup-tree.ts';
import { DesktopCgroups, type DesktopCgroupsOptions } from '#engines/containers/host/desktop-cgroups.ts';

const GB = 1024 ** 3;
const CONTAINER = '3f1c'.repeat(16);
const SLICES = 'deskpod.slice/deskpod-0a1b.slice';

/** A folder in place of the kernel's, and the commands that systemd gets. */
async function machine(context: TestContext, version: 1 | 2, more: Partial<DesktopCgroupsOptions> = {}) {
  const root = await mkdtemp(join(tmpdir(), 'deskpod-cgroups-'));
  context.after(() => rm(root, { recursive: true, force: true }));
  if (version === 2) await writeFile(join(root, 'cgroup.controllers'), 'cpu memory pids');
  else for (const name of ['memory', 'cpu,cpuacct', 'pids', 'freezer']) await mkdir(join(root, name));
  const [commands, failures]: [string[], string[]] = [[], []];
  const cgroups = new DesktopCgroups({
    driver: 'cgroupfs',
    instance: '0a1b',
    limits: {},
    machine: { memoryBytes: 16 * GB, processors: 4 },
    events: { failed: (_what, error) => failures.push(String(error)) },
    tree: new CgroupTree(root),
    systemctl: async (...args) => commands.push(args.join(' ')),
    ...more,
  });
  const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8');
  const has = (path: string): boolean => existsSync(join(root, path));
  const folder = (path: string) => mkdir(join(root, path), { recursive: true });
  return { root, cgroups, commands, failures, read, has, folder };
}

test('with version 1, a desktop is limited in the hierarchies of memory, processors and processes', async (context) => {
  const { cgroups, read } = await machine(context, 1, { limits: { memoryBytes: 2 * GB, cpus: 1.5, processes: 300 } });
  assert.equal(await cgroups.make('fry-12345'), '/deskpod/0a1b/fry-12345');
  assert.equal(await read('memory/deskpod/0a1b/fry-12345/memory.limit_in_bytes'), String(2 * GB));
  assert.equal(await read('cpu,cpuacct/deskpod/0a1b/fry-12345/cpu.cfs_quota_us'), '150000');
  assert.equal(await read('pids/deskpod/0a1b/fry-12345/pids.max'), '300');
  assert.equal(cgroups.cpus, 1.5, 'no container may be given more');
});

test('with version 2, controllers are enabled above a desktop, which has its limits in one folder', async (context) => {
  const { cgroups, read, has } = await machine(context, 2, { limits: { cpus: 2 } });
  assert.equal(await cgroups.make('fry-12345'), '/deskpod/0a1b/fry-12345');
  for (const above of ['', 'deskpod', 'deskpod/0a1b'])
    assert.equal(await read(join(above, 'cgroup.subtree_control')), '+memory +cpu +pids', above);
  assert.ok(!has('deskpod/0a1b/fry-12345/cgroup.subtree_control'), 'the engine does that');
  assert.equal(await read('deskpod/0a1b/fry-12345/memory.max'), String(12 * GB), 'three quarters of the machine');
  assert.equal(await read('deskpod/0a1b/fry-12345/cpu.max'), '200000 100000');
  assert.equal(await read('deskpod/0a1b/fry-12345/pids.max'), '8192');
});

test('all processors of the machine are no limit', async (context) => {
  const { cgroups, read } = await machine(context, 2, { limits: { cpus: 64 } });
  await cgroups.make('fry-12345');
  assert.equal(await read('deskpod/0a1b/fry-12345/cpu.max'), 'max 100000');
  assert.equal(cgroups.cpus, 4);
});

test('where the engine uses systemd, a desktop has a slice, which is stopped and forgotten with it', async (context) => {
  const limits = { memoryBytes: 2 * GB, cpus: 1.5, processes: 300 };
  const { cgroups, commands, folder } = await machine(context, 2, { driver: 'systemd', limits });
  const slice = 'deskpod-0a1b-fry_12345.slice';
  assert.equal(await cgroups.make('fry-12345'), slice);
  assert.deepEqual(commands.splice(0), [
    `set-property --runtime ${slice} CPUAccounting=yes MemoryMax=${2 * GB} MemorySwapMax=0 CPUQuota=150% TasksMax=300`,
    `start ${slice}`,
  ]);
  await folder(`${SLICES}/${slice}`);
  assert.equal(await cgroups.parentOf('fry-12345'), slice);
  await cgroups.remove('fry-12345');
  assert.deepEqual(commands, [`stop ${slice}`, `revert ${slice}`]);
});

test('opening removes the cgroups of desktops that are gone, and limits those that run', async (context) => {
  const { cgroups, read, has, folder } = await machine(context, 1);
  await folder('memory/deskpod/0a1b/bender-00001/conmon');
  await folder('freezer/deskpod/0a1b/bender-00001');
  await folder('memory/deskpod/other/leela-00001');
  await cgroups.open(['fry-12345']);
  assert.ok(!has('memory/deskpod/0a1b/bender-00001') && !has('freezer/deskpod/0a1b/bender-00001'));
  assert.ok(has('memory/deskpod/other/leela-00001'), 'of another installation');
  assert.equal(await read('memory/deskpod/0a1b/fry-12345/memory.limit_in_bytes'), String(12 * GB));
});

test('opening stops only slices of this installation', async (context) => {
  const { cgroups, commands, folder } = await machine(context, 2, { driver: 'systemd' });
  for (const name of ['deskpod-0a1b-bender_00001.slice', 'deskpod-0a1b-fry_12345.slice', 'machine.slice'])
    await folder(`${SLICES}/${name}`);
  await cgroups.open(['fry-12345']);
  assert.deepEqual(
    commands.filter((command) => command.startsWith('stop')),
    ['stop deskpod-0a1b-bender_00001.slice'],
  );
});

test('a cgroup in which a process is left is removed later', async (context) => {
  const { root, cgroups, has } = await machine(context, 2);
  await cgroups.make('fry-12345');
  // A folder with files can't be removed, like a cgroup with processes.
  await cgroups.remove('fry-12345');
  assert.ok(has('deskpod/0a1b/fry-12345'));
  for (const file of ['memory.max', 'cpu.max', 'pids.max']) await rm(join(root, 'deskpod/0a1b/fry-12345', file));
  await cgroups.tidy();
  assert.ok(!has('deskpod/0a1b/fry-12345'));
});

test('what a desktop uses is that of its cgroup; without the limit, nothing is known', async (context) => {
  const { root, cgroups } = await machine(context, 2, { limits: { memoryBytes: 2 * GB, cpus: 2, processes: 300 } });
  const none = [
    { name: 'memory', limit: 2 * GB, used: null },
    { name: 'cpus', limit: 2, used: null },
    { name: 'processes', limit: 300, used: null },
  ];
  assert.deepEqual(await cgroups.use('fry-12345'), none);
  await cgroups.make('fry-12345');
  const at = (file: string): string => join(root, 'deskpod/0a1b/fry-12345', file);
  await writeFile(at('memory.current'), String(GB));
  await writeFile(at('memory.stat'), 'anon 1\ninactive_file 1024\n');
  await writeFile(at('cpu.stat'), 'usage_usec 0\n');
  await writeFile(at('pids.current'), '42\n');
  const uses = await cgroups.use('fry-12345');
  assert.deepEqual(
    uses.map(({ used }) => used),
    [GB - 1024, 0, 42],
  );
  await writeFile(at('memory.max'), 'max');
  assert.deepEqual(await cgroups.use('fry-12345'), none, 'somebody lifted the limit');
});

for (const [driver, why] of [
  ['none', /cgroup driver is none/],
  ['cgroupfs', /aren’t all mounted/],
] as const)
  test(`a machine that can't limit desktops (${driver}) is a warning, and desktops start without`, async (context) => {
    const { root, cgroups, failures } = await machine(context, 1, { driver });
    await rm(join(root, 'memory'), { recursive: true });
    await cgroups.open([]);
    assert.equal(await cgroups.make('fry-12345'), null);
    assert.equal(await cgroups.make('leela-12345'), null);
    assert.match(cgroups.warnings()[0]?.text ?? '', /limits\.desktop has no effect/);
    assert.equal(failures.length, 1, 'logged once');
    assert.match(failures[0] ?? '', why);
  });

test('an engine whose containers are elsewhere is a warning until one is found', async (context) => {
  const { cgroups, folder } = await machine(context, 1);
  await cgroups.make('fry-12345');
  await cgroups.check('fry-12345', CONTAINER);
  assert.match(cgroups.warnings()[0]?.text ?? '', /cgroup namespace/);
  assert.equal((await cgroups.use('fry-12345'))[0]?.used, null);
  await folder(`memory/deskpod/0a1b/fry-12345/libpod-${CONTAINER}`);
  await cgroups.check('fry-12345', CONTAINER);
  assert.deepEqual(cgroups.warnings(), []);
});
