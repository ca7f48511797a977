/** Toolboxes on a real cluster, compared with what `kubectl` creates and prints. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { DebugProfile } from '#protocol/debug.ts';
import { patience, printed, script, start } from '../contracts/engine-kit.ts';
import { reasonToSkip, REGISTRY } from './cluster.ts';
import { addToolbox, attached, type Debugged, debugged, entryOf, GRAPHICAL, TOOLBOX, toolboxOf } from './debug-kit.ts';
import { failsWith } from '../fixtures/fails-with.ts';

const skip = reasonToSkip() ?? false;

describe('toolboxes on a cluster', { skip, timeout: 600_000 }, () => {
  let narrow: Debugged;
  let wide: Debugged;
  before(async () => {
    narrow = await debugged('deskpod-debug-narrow', 'restricted');
    wide = await debugged('deskpod-debug-wide', 'privileged');
  });
  after(async () => {
    await narrow?.[Symbol.asyncDispose]();
    await wide?.[Symbol.asyncDispose]();
  });

  const beside = async (on: Debugged, profile: DebugProfile) => {
    const { id } = on.desktop;
    const theirs = `kubectl-${profile}`;
    const options = ['--stdin', '--tty', '--attach=false', `--profile=${profile}`, `--image=${TOOLBOX}`];
    await on.kubectl(
      'debug',
      id,
      '-c',
      theirs,
      `--target=${GRAPHICAL}`,
      '--env=A=$(B)',
      ...options,
      '--',
      'sleep',
      '9',
    );
    const more = { profile, plain: true, env: { A: '$(B)' }, command: ['sleep', '9'] };
    const { name } = await addToolbox(on, { desktopId: id }, more);
    const [a, b] = [await entryOf(on, id, theirs), await entryOf(on, id, name)];
    return { theirs: { ...a, name: '' }, ours: { ...b, name: '' } };
  };

  for (const profile of ['restricted', 'baseline', 'general', 'netadmin', 'sysadmin'] as const) {
    test(`a plain toolbox with the profile ${profile} equals the one that kubectl debug creates`, async () => {
      const { theirs, ours } = await beside(profile === 'restricted' ? narrow : wide, profile);
      assert.deepEqual(ours, theirs);
    });
  }

  test('without plain, a toolbox has exactly these additions', async () => {
    const { id } = narrow.desktop;
    const plain = await addToolbox(narrow, { desktopId: id }, { plain: true });
    const { name } = await addToolbox(narrow, { desktopId: id });
    const [before, now] = [await entryOf(narrow, id, plain.name), await entryOf(narrow, id, name)];
    const added = Object.keys(now).filter((field) => JSON.stringify(now[field]) !== JSON.stringify(before[field]));
    assert.deepEqual(added.sort(), ['command', 'env', 'name', 'securityContext', 'volumeMounts', 'workingDir']);
    assert.deepEqual(now['command'], ['toolbox']);
    assert.deepEqual(now['securityContext'], {
      ...Object(before['securityContext']),
      runAsUser: 4100,
      runAsGroup: 4100,
    });
  });

  test('a toolbox starts in the files of a launch, is shared by all attached clients, and outlives their connections', async () => {
    const { engine, desktop, under } = narrow;
    const launch = await script(under, desktop, 'echo here > /tmp/mark; exec sleep 600');
    const { name } = await addToolbox(narrow, { desktopId: desktop.id, launchId: launch.id });
    using one = await attached(narrow, name);
    await one.says(/Toolbox beside \S+ \(process \d+\)\. You are in its files/);
    one.type('cat tmp/mark; id -u; cat /proc/$TOOLBOX_PID/cmdline | tr "\\0" " "; echo; stty size');
    await one.says(/here\r\n4100\r\nsleep 600 \r\n30 100/);
    {
      using two = await attached(narrow, name);
      two.type('echo $((40 + 2))');
      await one.says(/42/);
      await two.says(/42/);
    }
    one.type('echo still $((50 + 5))');
    await one.says(/still 55/);
    const log = (await printed(engine, { desktopId: desktop.id, container: name })).join('\n');
    assert.match(log, /Toolbox beside/);
    assert.match(log, /still 55/);
    assert.equal((await toolboxOf(narrow, name)).status.state, 'running');
    await engine.debug.stopToolbox(desktop.id, name, patience());
    assert.equal((await toolboxOf(narrow, name)).status.state, 'finished');
    await assert.rejects(engine.debug.attach(desktop.id, name, patience()), (error) => {
      return failsWith('conflict')(error) && /has ended with exit code \d+ \(/.test(String(error));
    });
    assert.equal((await engine.launches(desktop.id)).find(({ id }) => id === launch.id)?.status.state, 'running');
    await engine.stopLaunch(launch.id, 500, patience());
  });

  test('a toolbox beside a launch with its own pod sees the processes of that pod, and is found by its name', async () => {
    const { engine, desktop, under } = narrow;
    const launch = await script(under, desktop, 'exec sleep 600', { runtime: 'pod_application' });
    const target = { desktopId: desktop.id, launchId: launch.id };
    const { name } = await addToolbox(narrow, target);
    using one = await attached(narrow, name);
    await one.says(/You are in its files/);
    one.type('ps -ef | grep -c "[s]leep 600"');
    await one.says(/\r1\r/);
    assert.deepEqual((await toolboxOf(narrow, name)).target, target);
    await engine.debug.stopToolbox(desktop.id, name, patience());
    assert.equal((await toolboxOf(narrow, name)).status.state, 'finished');
    await engine.removeLaunch(launch.id);
  });

  test('a toolbox that runs as root can be stopped, too', async () => {
    const { name } = await addToolbox(wide, { desktopId: wide.desktop.id }, { profile: 'netadmin' });
    {
      using one = await attached(wide, name);
      one.type('id -u; (trap "" HUP TERM; sleep 601) & ip link add dummy0 type dummy && echo made || echo no');
      await one.says(/0\r\n/);
    }
    await wide.engine.debug.stopToolbox(wide.desktop.id, name, patience());
    assert.equal((await toolboxOf(wide, name)).status.state, 'finished');
  });

  test('the permitted profiles are read from the cluster', async () => {
    const [few, all] = await Promise.all(
      [narrow, wide].map((on) => on.engine.debug.profiles({ desktopId: on.desktop.id })),
    );
    assert.deepEqual(
      [...(all ?? [])].filter(([, refusal]) => refusal !== null),
      [],
    );
    assert.equal(few?.get('restricted'), null);
    for (const profile of ['baseline', 'general', 'netadmin', 'sysadmin'] as const)
      assert.match(few?.get(profile) ?? '', /^violates PodSecurity "restricted:latest": /, profile);
  });

  test('a toolbox is not listed as a launch', async () => {
    const { engine, desktop } = narrow;
    const names = (await engine.debug.toolboxes(desktop.id)).map(({ name }) => name);
    assert.ok(names.length > 2);
    const launches = (await engine.launches()).map(({ id }) => id);
    assert.deepEqual(
      launches.filter((id) => names.includes(id)),
      [],
    );
  });

  test('a program that the image lacks is named in the error, with a terminal and without', async () => {
    const { engine, desktop, under } = narrow;
    const tty = { columns: 80, rows: 24 };
    for (const one of [null, tty]) {
      const asked = engine.exec({ desktopId: desktop.id }, { command: ['no-such'], tty: one }, patience());
      await assert.rejects(asked, failsWith('no_such_program'));
    }
    const bare = { image: 'localhost/pause:1', command: ['/pause'], runtime: 'pod_application' as const };
    const launch = await start(under, desktop, bare);
    const target = { desktopId: desktop.id, launchId: launch.id };
    for (const one of [null, tty])
      await assert.rejects(
        engine.exec(target, { command: ['bash'], tty: one }, patience()),
        failsWith('no_such_program'),
      );
    const { name } = await addToolbox(narrow, target);
    using terminal = await attached(narrow, name);
    await terminal.says(/You are in its files/);
    terminal.type('ls -d pause');
    await terminal.says(/\rpause\r/);
    assert.equal(REGISTRY.length > 0, true);
    await engine.removeLaunch(launch.id);
  });
});
