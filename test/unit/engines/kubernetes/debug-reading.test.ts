/** Parsing what the kernel reports in a desktop, and describing a pod as text. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { socketsOf } from '#engines/kubernetes/debug/net.ts';
import { age, columns, listed } from '#engines/kubernetes/debug/layout.ts';
import { firstOf, namespacesOf, processesOf } from '#engines/kubernetes/debug/proc.ts';
import { ProcessMeter } from '#engines/kubernetes/debug/processes.ts';

const A = 'a'.repeat(64);
const stat = (pid: number, name: string, parent: number, ticks: number, started: number): string =>
  `/proc/${pid}/stat:${pid} (${name}) S ${parent} 0 0 0 0 0 0 0 0 0 ${ticks} 0 0 0 0 0 0 0 ${started} 0`;

test('processes are parsed with their container, user and command; the query itself is omitted', () => {
  const { uptime, all } = processesOf([
    'self:50',
    '/proc/uptime:100.50 90.00',
    `/proc/7/cgroup:0::/kubepods/cri-containerd-${A}.scope`,
    stat(7, 'a (b) c', 1, 250, 2000),
    '/proc/7/statm:100 20 5 0 0 0 0',
    '/proc/7/status:Uid:\t4100\t4100\t4100\t4100',
    '/proc/7/cmdline:sleep',
    '/proc/7/cmdline:600',
    stat(8, 'kworker', 2, 0, 10),
    stat(50, 'sh', 1, 0, 10_000),
    stat(51, 'grep', 50, 0, 10_000),
    '/proc/52/statm:1 1',
  ]);
  assert.equal(uptime, 100.5);
  assert.deepEqual(
    all.map(({ pid, command }) => [pid, command]),
    [
      [7, 'sleep 600'],
      [8, '[kworker]'],
    ],
  );
  const [first] = all;
  assert.deepEqual(
    [first?.uid, first?.cpuSeconds, first?.startedAt, first?.memoryBytes, first?.containerId, first?.parent],
    [4100, 2.5, 20, 81_920, A, 1],
  );
});

test("a container's first process is the oldest one, with any pid", () => {
  const cgroup = (pid: number) => `/proc/${pid}/cgroup:0::/${A}`;
  const read = processesOf([cgroup(9), stat(9, 'old', 0, 0, 5), cgroup(3), stat(3, 'new', 9, 0, 50)]);
  assert.equal(firstOf(read).get(A), 9);
});

test('CPU usage is measured since the last reading, or since the start', () => {
  const meter = new ProcessMeter();
  const one = (uptime: number, cpuSeconds: number) => new Map([['p', { uptime, cpuSeconds, startedAt: 90 }]]);
  assert.equal(meter.take('d', one(100, 5)).get('p'), 0.5);
  assert.equal(meter.take('d', one(102, 7)).get('p'), 1);
  assert.equal(meter.take('other', one(102, 6)).get('p'), 0.5);
});

test('namespaces are parsed from the links of each process; a missing one is unreadable', () => {
  const found = namespacesOf([
    '/proc/1/ns:',
    'lrwxrwxrwx 1 u g 0 Nov 26 07:00 net -> net:[4026532001]',
    'lrwxrwxrwx 1 u g 0 Nov 26 07:00 pid_for_children -> pid:[4026532002]',
    '/proc/2/ns:',
  ]);
  assert.equal(found.get('1')?.net, '4026532001');
  assert.equal(found.get('1')?.pid, null);
  assert.equal(found.get('2'), undefined);
});

test('sockets are parsed with address, state and owner', () => {
  const read = socketsOf([
    '/proc/net/tcp:  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '/proc/net/tcp:   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  4100        0 111 1',
    '/proc/net/tcp:   1: 0100007F:1F90 0200007F:0050 01 00000000:00000000 00:00000000 00000000  4100        0 112 1',
    '/proc/net/tcp6:   0: 00000000000000000000000001000000:1771 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 113 1',
    '/proc/net/udp:  10: 00000000:14E9 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 114 2',
    '/proc/net/unix:Num       RefCount Protocol Flags    Type St Inode Path',
    '/proc/net/unix:0000000000000000: 00000002 00000000 00010000 0001 01 115 /tmp/.X11-unix/X0',
    '/proc/net/unix:0000000000000000: 00000003 00000000 00000000 0001 03 116',
    '/proc/7/fd:',
    'lrwx------ 1 u g 64 Nov 26 07:00 3 -> socket:[111]',
    '/proc/8/fd:',
    'lrwx------ 1 u g 64 Nov 26 07:00 4 -> socket:[115]',
  ]);
  assert.deepEqual(
    read.map(({ protocol, local, remote, state, pid }) => [protocol, local, remote, state, pid]),
    [
      ['tcp', '127.0.0.1:8080', null, 'LISTEN', 7],
      ['tcp', '127.0.0.1:8080', '127.0.0.2:80', 'ESTABLISHED', null],
      ['tcp6', '[::1]:6001', null, 'LISTEN', null],
      ['udp', '0.0.0.0:5353', null, 'OPEN', null],
      ['unix', '/tmp/.X11-unix/X0', null, 'LISTEN', 8],
    ],
  );
});

test('columns are as wide as needed, and start over after a line without columns', () => {
  const text = columns([['Name:', 'p'], ...listed('Labels', ['a=b', 'c=d']), ['IPs:'], ['  IP:', '1'], ['Last:', '']]);
  assert.equal(text, 'Name:    p\nLabels:  a=b\n         c=d\nIPs:\n  IP:  1\nLast:\n');
  assert.deepEqual(listed('None', []), [['None:', '<none>']]);
});

test('a short age has its two largest units', () => {
  const said = [5, 119, 120, 185, 1500, 10_900, 100_000, 180_000, 900_000].map(age);
  assert.deepEqual(said, ['5s', '119s', '2m', '3m5s', '25m', '3h1m', '27h', '2d2h', '10d']);
});
