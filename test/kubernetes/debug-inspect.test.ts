/** Inspecting a desktop on a real cluster, compared with the output of `kubectl` and the node's kernel. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { parse } from 'yaml';
import { z } from 'zod';
import type { EngineLaunch } from '#domain/ports/engine-launch.ts';
import { MASK } from '#domain/launches/environment.ts';
import { NamespaceKind } from '#protocol/inspect.ts';
import { eventually, finished, patience, printed, script } from '../contracts/engine-kit.ts';
import { typed } from '../contracts/engine-toolbox.ts';
import { reasonToSkip } from './cluster.ts';
import { addToolbox, attached, type Debugged, debugged, GRAPHICAL, TOOLBOX } from './debug-kit.ts';
import { failsWith } from '../fixtures/fails-with.ts';

const LISTEN = 'IO::Socket::INET->new(LocalPort => 7777, Listen => 1) and sleep 600';
const skip = reasonToSkip() ?? false;
const Status = z.looseObject({ name: z.string(), containerID: z.string().optional() });
const PodJson = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({ ephemeralContainers: z.array(z.looseObject({ name: z.string() })).default([]) }),
  status: z.looseObject({
    containerStatuses: z.array(Status).default([]),
    ephemeralContainerStatuses: z.array(Status).default([]),
  }),
});

describe('inspecting a desktop on a cluster', { skip, timeout: 600_000 }, () => {
  let on: Debugged;
  let launch: EngineLaunch;
  let beside: EngineLaunch;
  let over: EngineLaunch;
  let toolbox: string;
  before(async () => {
    on = await debugged('deskpod-inside-test', 'restricted');
    const { under, desktop } = on;
    const env = { DB_PASSWORD: 'hunter2', GREETING: 'hello' };
    launch = await script(under, desktop, `perl -MIO::Socket::INET -e '${LISTEN}' & exec sleep 600`, { env });
    beside = await script(under, desktop, 'exec sleep 600', { runtime: 'pod_application', env });
    over = await script(under, desktop, 'exit 3');
    await finished(on.engine, over);
    toolbox = (await addToolbox(on, { desktopId: desktop.id, launchId: launch.id })).name;
  });
  after(async () => {
    await on?.[Symbol.asyncDispose]();
  });

  const inside = () => on.engine.debug.inspect(on.desktop.id);
  const podOf = async (name: string) => PodJson.parse(JSON.parse(await on.kubectl('get', 'pod', name, '-o', 'json')));
  const namesBy = (pod: string) =>
    execFileSync('sh', [
      '-c',
      `kubectl -n ${on.namespace.name} get pod ${pod} -o json | jq '{"ephemeralContainers": [(.spec.ephemeralContainers[].name)]}'`,
    ]);

  test('the list of containers matches the documented output', async () => {
    const { ephemeralContainers } = z
      .object({ ephemeralContainers: z.array(z.string()) })
      .parse(JSON.parse(String(namesBy(on.desktop.id))));
    const { containers, entries, size } = await inside();
    const ephemeral = containers.filter(({ place, kind }) => place === 'inside' && kind !== 'service');
    assert.deepEqual(
      ephemeral.map(({ name }) => name),
      ephemeralContainers,
    );
    assert.deepEqual(entries, { finished: 1, most: 100 });
    assert.ok(size !== null && size.bytes > 10_000 && size.bytes < size.most);
  });

  test('each container is shown with its kind and state, and without its secrets', async () => {
    const { containers } = await inside();
    const get = (name: string) => containers.find((one) => one.name === name);
    const kinds = ['x-graphical', 'f-files', launch.id, beside.id, over.id, toolbox].map((name) => get(name)?.kind);
    assert.deepEqual(kinds, ['service', 'service', 'launch', 'launch', 'launch', 'toolbox']);
    assert.deepEqual([get(launch.id)?.place, get(beside.id)?.place], ['inside', 'beside']);
    assert.deepEqual([get(over.id)?.state, get(over.id)?.exitCode, get(over.id)?.reason], ['finished', 3, 'Error']);
    const tool = get(toolbox);
    assert.deepEqual([tool?.by, tool?.profile, tool?.launchId], ['leela', 'restricted', launch.id]);
    assert.ok((get(launch.id)?.pid ?? 0) > 1);
    assert.equal(get('x-graphical')?.pid, 1);
    assert.equal(get('f-files')?.pid, null);
    for (const { id } of [launch, beside]) {
      assert.equal(get(id)?.environment['DB_PASSWORD'], MASK);
      assert.equal(get(id)?.environment['GREETING'], 'hello');
    }
    assert.ok(!JSON.stringify(containers).includes('hunter2'));
  });

  test('the commands to copy do what they say', async () => {
    const { containers } = await inside();
    const line = (name: string, does: string) =>
      containers.find((one) => one.name === name)?.commands.find((one) => one.does === does)?.line ?? '';
    const sh = (text: string) => execFileSync('sh', ['-c', text], { encoding: 'utf8', timeout: 30_000 });
    assert.equal(sh(line(beside.id, 'exec').replace(' -it', '').replace(/sh$/, 'echo in')), 'in\n');
    using _ = await attached(on, toolbox);
    const logs = line(toolbox, 'logs').replace(' --follow', '');
    await eventually('its log', async () => (sh(logs).includes('Toolbox beside') ? true : null));
    assert.match(sh(line(toolbox, 'describe')), new RegExp(`^Name: +${on.desktop.id}\n`));
    assert.match(line(toolbox, 'attach'), /^kubectl attach .*-it/);
    assert.match(sh(line(beside.id, 'nsenter').replace(/ sh$/, ' hostname')), new RegExp(`^${beside.id}\n$`));
    assert.match(line(launch.id, 'debug'), new RegExp(`--target ${GRAPHICAL} `));
  });

  test("namespaces match those of the node's kernel", async () => {
    const { containers } = await on.engine.debug.namespaces(on.desktop.id);
    const ids = new Map<string, string>();
    for (const pod of [on.desktop.id, beside.id]) {
      const { status } = await podOf(pod);
      for (const { name, containerID = '' } of [...status.containerStatuses, ...status.ephemeralContainerStatuses])
        ids.set(name, containerID.replace('containerd://', ''));
    }
    assert.deepEqual(
      new Set(containers.map(({ name }) => name)),
      new Set(['x-graphical', 'f-files', 's-sound', 'c-printer', 'v-video', launch.id, beside.id, toolbox]),
    );
    for (const { name, ids: told } of containers) {
      const pid = firstProcess(ids.get(name) ?? '');
      for (const kind of NamespaceKind.options) {
        const real = /\[(\d+)\]/.exec(readlinkSync(`/proc/${pid}/ns/${kind}`))?.[1];
        assert.equal(told[kind], real, `${kind} of ${name}`);
      }
    }
    const of = (name: string) => containers.find((one) => one.name === name)?.ids;
    for (const kind of ['pid', 'net', 'ipc', 'uts'] as const)
      assert.equal(of(toolbox)?.[kind], of(launch.id)?.[kind], `${kind} is shared with the target`);
    assert.notEqual(of(toolbox)?.mnt, of(launch.id)?.mnt);
  });

  test('processes are shown with their container, user and CPU share', async () => {
    const busy = await on.engine.exec(
      { desktopId: on.desktop.id },
      { command: ['sh', '-c', 'while :; do :; done'], tty: null },
      patience(),
    );
    await on.engine.debug.processes(on.desktop.id);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const all = await on.engine.debug.processes(on.desktop.id);
    busy.stream.destroy();
    const find = (container: string, command: RegExp) =>
      all.find((one) => one.container === container && command.test(one.command));
    const sleeps = find(launch.id, /^sleep 600$/);
    assert.deepEqual([sleeps?.uid, sleeps?.state, sleeps?.cpu], [4100, 'S', 0]);
    assert.ok((sleeps?.memoryBytes ?? 0) > 100_000);
    assert.ok(find(beside.id, /^sleep 600$/));
    assert.ok(find('f-files', /./));
    assert.ok(find(toolbox, /bash/));
    assert.ok((find(GRAPHICAL, /^sh -c while :/)?.cpu ?? 0) > 0.2, JSON.stringify(find(GRAPHICAL, /^sh -c while :/)));
    assert.ok(!all.some(({ command }) => command.includes('/proc/[0-9]*')), 'the process that reads them is not shown');
    await on.engine.exec({ desktopId: on.desktop.id }, { command: ['pkill', '-f', 'while :'], tty: null }, patience());
  });

  test('sockets are shown with their owner', async () => {
    const all = await on.engine.debug.sockets(on.desktop.id);
    const listens = (port: number) => all.find(({ local, state }) => local.endsWith(`:${port}`) && state === 'LISTEN');
    const { containers } = await inside();
    assert.ok((listens(7777)?.pid ?? 0) > 1);
    assert.equal(listens(7777)?.container, GRAPHICAL);
    assert.ok((listens(5900)?.pid ?? 0) > 1);
    assert.equal(listens(29_783)?.container, 'f-files');
    assert.ok(all.some(({ protocol, local }) => protocol === 'unix' && local === '/tmp/.X11-unix/X0'));
    assert.ok(containers.length > 0);
  });

  test('events of the desktop and its related objects are shown, oldest first', async () => {
    const all = await on.engine.debug.events(on.desktop.id);
    assert.ok(all.some(({ about, reason }) => about === beside.id && reason === 'Started'));
    assert.ok(all.some(({ about, reason }) => about === toolbox && reason === 'Created'));
    assert.deepEqual(
      all.map(({ at }) => at),
      all.map(({ at }) => at).toSorted(),
    );
  });

  test('the description equals that of kubectl describe pod, except for secrets', async () => {
    for (const target of [{ desktopId: on.desktop.id }, { desktopId: on.desktop.id, launchId: beside.id }]) {
      const pod = target.launchId ?? on.desktop.id;
      const [theirs, ours] = [await on.kubectl('describe', 'pod', pod), await on.engine.debug.describe(target)];
      assert.ok(!ours.includes('hunter2'));
      assert.deepEqual(lines(ours), lines(maskedAsOurs(theirs)));
    }
  });

  test("the raw object equals the cluster's, except for secrets and managed fields", async () => {
    const target = { desktopId: on.desktop.id, launchId: beside.id };
    const ours = await on.engine.debug.yaml(target);
    const theirs = await on.kubectl('get', 'pod', beside.id, '-o', 'yaml');
    assert.ok(!ours.includes('hunter2'));
    assert.deepEqual(parse(ours), parse(maskedAsOurs(theirs)));
  });

  test('containers added by others are found, shown as such, never as a launch, and not changed', async () => {
    const { engine, desktop, kubectl } = on;
    await kubectl(
      'debug',
      desktop.id,
      '-c',
      'by-kubectl',
      `--image=${TOOLBOX}`,
      `--target=${GRAPHICAL}`,
      '--profile=restricted',
      '-it',
      '--attach=false',
      '--',
      'bash',
    );
    await eventually('it is replaced before somebody else changes it', () => addByHand(on));
    const found = await eventually('both are listed', async () => {
      const foreign = (await engine.debug.toolboxes(desktop.id)).filter((one) => one.foreign);
      return foreign.length === 2 ? foreign : null;
    });
    assert.deepEqual(
      found.map(({ name, target, profile }) => [name, target, profile]),
      [
        ['by-kubectl', null, null],
        ['by-hand', null, null],
      ],
    );
    for (const { by } of found) assert.match(by ?? '', /^kubectl/);
    assert.deepEqual(
      (await inside()).containers.filter(({ kind }) => kind === 'foreign').map(({ name }) => name),
      ['by-kubectl', 'by-hand'],
    );
    const launches = new Set((await engine.launches()).map(({ id }) => id));
    assert.ok(!launches.has('by-hand') && !launches.has('by-kubectl'));
    await assert.rejects(engine.debug.stopToolbox(desktop.id, 'by-hand', patience()), failsWith('forbidden'));
    await engine.tidy();
    await eventually('it runs', async () =>
      (await engine.debug.toolboxes(desktop.id)).find(({ name }) => name === 'by-hand')?.status.state === 'running'
        ? true
        : null,
    );
    const { containers } = await engine.debug.namespaces(desktop.id);
    const of = (name: string) => containers.find((one) => one.name === name)?.ids;
    assert.notEqual(of('by-hand')?.pid, of(GRAPHICAL)?.pid);
    assert.equal(of('by-kubectl')?.pid, of(GRAPHICAL)?.pid);
  });

  test('kubectl attach and kubectl logs show the same output of a toolbox as we do', async () => {
    const { engine, desktop, kubectl } = on;
    using one = await attached(on, toolbox);
    const attach = `kubectl -n ${on.namespace.name} attach -i -t ${desktop.id} -c ${toolbox}`;
    await typed(attach, 'echo from $((6 * 7))\r', /from 42/);
    await one.says(/from 42/);
    const logs = await kubectl('logs', desktop.id, '-c', toolbox);
    const ours = await printed(engine, { desktopId: desktop.id, container: toolbox });
    assert.deepEqual(
      ours.map((line) => line.trimEnd()),
      logs
        .split('\n')
        .slice(0, -1)
        // Our output lacks what a carriage return overwrites.
        .map((line) => line.trimEnd().replace(/^[^]*\r/, '')),
    );
  });

  test('a service can be read and entered by the name of its container', async () => {
    const { engine, desktop } = on;
    const target = { desktopId: desktop.id, container: 'f-files' };
    const session = await engine.exec(target, { command: ['sh', '-c', 'echo in $HOSTNAME'], tty: null }, patience());
    assert.match(String(Buffer.concat(await session.stream.toArray())), /^in/);
    assert.ok(Array.isArray(await printed(engine, target)));
    await assert.rejects(printed(engine, { desktopId: desktop.id, container: 'none' }), failsWith('not_found'));
  });

  test('inspecting a removed desktop fails', async () => {
    const { debug } = on.engine;
    for (const ask of ['inspect', 'namespaces', 'processes', 'sockets', 'events'] as const)
      await assert.rejects(debug[ask]('gone-00000'), failsWith('not_found'));
    await assert.rejects(debug.describe({ desktopId: 'gone-00000' }), failsWith('not_found'));
    await assert.rejects(debug.yaml({ desktopId: 'gone-00000' }), failsWith('not_found'));
  });
});

/** Finds the process in the local /proc, because the node is this machine. */
function firstProcess(containerId: string): number {
  assert.match(containerId, /^[0-9a-f]{64}$/);
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
  const found = pids.find((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(containerId);
    } catch {
      return false;
    }
  });
  assert.ok(found, `${containerId} has a process`);
  return found;
}

/** The body is the whole pod, as the API requires. */
async function addByHand({ namespace, desktop, kubectl }: Debugged): Promise<true | null> {
  const pod = Replaced.parse(JSON.parse(await kubectl('get', 'pod', desktop.id, '-o', 'json')));
  pod.spec.ephemeralContainers.push({
    name: 'by-hand',
    image: TOOLBOX,
    command: ['sleep', '500'],
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  });
  const path = `/api/v1/namespaces/${namespace.name}/pods/${desktop.id}/ephemeralcontainers`;
  try {
    execFileSync('kubectl', ['replace', '--raw', path, '-f', '-'], { input: JSON.stringify(pod), stdio: 'pipe' });
    return true;
  } catch (error) {
    assert.match(String(error), /object has been modified/);
    return null;
  }
}

const Replaced = z.looseObject({ spec: z.looseObject({ ephemeralContainers: z.array(z.unknown()) }) });

function maskedAsOurs(text: string): string {
  return text.replaceAll('hunter2', MASK).replaceAll('/run/deskpod/pulse-cookie', MASK);
}

/** Normalises ages, the order of events in one second, and values that kubectl omits. */
function lines(text: string): string[] {
  const [head = '', events = ''] = text.split(/^(?=Events:)/m);
  const plain = (part: string) => part.split('\n').map((line) => line.trimEnd().replace(/: +\S* \(v1:/, ': (v1:'));
  const aged = plain(events).map((line) =>
    line.replace(/\b\d+[smhd]\S*( \(x\d+ over \S+\))?/, 'AGE').replace(/ +/g, ' '),
  );
  return [...plain(head), ...aged.toSorted()];
}
