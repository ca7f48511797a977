/** Cluster status: why a container does not start, and its usage. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hadItsTime } from '#engines/kubernetes/images/images.ts';
import { Pod } from '#engines/kubernetes/cluster/pod.ts';
import { progressOf } from '#engines/kubernetes/pods/progress.ts';
import { sampleOf, samplesOf, UsageMeter } from '#engines/kubernetes/host/usage.ts';

function pod(status: object): Pod {
  return Pod.parse({
    metadata: { name: 'p', uid: 'u', creationTimestamp: '2026-11-26T00:00:00Z' },
    spec: { containers: [{ name: 'c', image: 'r/x:1' }] },
    status,
  });
}

function waiting(reason: string, message: string): Pod {
  return pod({ containerStatuses: [{ name: 'c', image: 'r/x:1', state: { waiting: { reason, message } } }] });
}

test('a container that waits for its turn has no detail', () => {
  assert.deepEqual(progressOf(waiting('ContainerCreating', ''), 'c', 'App'), { state: 'waiting', detail: null });
});

test('an unreachable registry is reported until the node gives up', () => {
  const refused = 'failed to resolve: dial tcp 127.0.0.1:1: connect: connection refused';
  const first = progressOf(waiting('ErrImagePull', refused), 'c', 'App');
  assert.ok(first.state === 'waiting' && first.detail?.includes('connection refused'));
  const later = progressOf(
    waiting('ImagePullBackOff', `Back-off pulling image "r/x:1": ErrImagePull: ${refused}`),
    'c',
    'App',
  );
  assert.ok(later.state === 'failed' && /r\/x:1 cannot be pulled: failed to resolve/.test(later.error.message));
});

test('an image that does not exist fails at once', () => {
  assert.equal(progressOf(waiting('ErrImagePull', 'r/x:1: not found'), 'c', 'App').state, 'failed');
  assert.equal(progressOf(waiting('InvalidImageName', 'bad'), 'c', 'App').state, 'failed');
});

test("a pod without a node has the scheduler's message", () => {
  const conditions = [
    { type: 'PodScheduled', status: 'False', message: '0/1 nodes are available: 1 Insufficient memory.' },
  ];
  const progress = progressOf(pod({ conditions }), 'c', 'App');
  assert.deepEqual(progress, { state: 'waiting', detail: '0/1 nodes are available: 1 Insufficient memory.' });
});

test('a missing program is a failure with its name, and one that ran and ended is not', () => {
  const ended = (reason: string, message: string) =>
    pod({ containerStatuses: [{ name: 'c', state: { terminated: { exitCode: 128, reason, message } } }] });
  const failed = progressOf(ended('StartError', 'exec: "/no/such": no such file'), 'c', 'App');
  assert.ok(failed.state === 'failed' && failed.error.message.includes('/no/such'));
  assert.equal(progressOf(ended('Error', ''), 'c', 'App').state, 'started');
});

test('processes are attributed to their container with both versions of cgroups and any process name', () => {
  const [a, b] = ['a'.repeat(64), 'b'.repeat(64)];
  const samples = samplesOf([
    `/proc/10/cgroup:9:memory:/kubepods/burstable/pod1/${a}`,
    '/proc/10/stat:10 (evil) name) S 1 1 1 0 -1 0 0 0 0 0 150 50 0 0 20 0 1 0 1 1 1',
    '/proc/10/statm:1000 25 3 1 0 1 0',
    `/proc/11/cgroup:0::/../cri-containerd-${b}.scope`,
    '/proc/11/stat:11 (x) S 1 1 1 0 -1 0 0 0 0 0 10 0 0 0 20 0 1 0 1 1 1',
    '/proc/11/statm:1000 50 3 1 0 1 0',
    'nonsense',
  ]);
  assert.deepEqual(samples.get(a), { cpuSeconds: 2, memoryBytes: 25 * 4096 });
  assert.deepEqual(samples.get(b), { cpuSeconds: 0.1, memoryBytes: 50 * 4096 });
});

test('the cgroup of a pod is parsed in both versions', () => {
  assert.deepEqual(sampleOf('1048576\nusage_usec 2500000\nuser_usec 1\n'), { cpuSeconds: 2.5, memoryBytes: 1_048_576 });
  assert.deepEqual(sampleOf('1048576\n2500000000\n'), { cpuSeconds: 2.5, memoryBytes: 1_048_576 });
  assert.equal(sampleOf('cat: not found'), null);
});

test('a pull pod is kept for five minutes after it was ready, and for ten if it never was', () => {
  const at = (minutes: number) => new Date(Date.parse('2026-11-26T00:00:00Z') + minutes * 60_000);
  const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: at(3).toISOString() }];
  assert.deepEqual(
    [7.9, 8.1].map((minutes) => hadItsTime(pod({ conditions }), at(minutes))),
    [false, true],
  );
  assert.deepEqual(
    [9.9, 10.1].map((minutes) => hadItsTime(pod({}), at(minutes))),
    [false, true],
  );
});

test('CPU usage is measured since the last reading, and is never negative when processes end', () => {
  const meter = new UsageMeter();
  assert.equal(meter.read('x', { cpuSeconds: 10, memoryBytes: 1 }, 0).cpu, 0);
  assert.equal(meter.read('x', { cpuSeconds: 10.5, memoryBytes: 1 }, 1000).cpu, 0.5);
  assert.equal(meter.read('x', { cpuSeconds: 3, memoryBytes: 1 }, 2000).cpu, 0);
});
