/**
 * The engine contract, debugging: toolboxes beside launches and desktops, their permissions, terminals, copies,
 * refusals.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ToolboxSpec } from '#domain/ports/debug-engine.ts';
import type { EngineDesktop } from '#domain/ports/engine.ts';
import type { Target } from '#domain/ports/engine-launch.ts';
import { podAppName } from '#domain/names.ts';
import {
  aDesktop,
  type EngineUnderTest,
  eventually,
  hermes,
  launchSpec,
  patience,
  printed,
  run,
  script,
  shareDesktop,
  start,
  watching,
} from './engine-kit.ts';
import { add, over, sit } from './engine-toolbox.ts';
import { failsWith } from '../fixtures/fails-with.ts';

interface Place {
  readonly name: string;
  /** Starts the target and returns a pattern for its first process. */
  prepare(under: EngineUnderTest, desktop: EngineDesktop): Promise<{ target: Target; command: RegExp }>;
}

const PLACES: readonly Place[] = [
  {
    name: 'a launch inside the desktop',
    prepare: async (under, desktop) => {
      const { id } = await start(under, desktop, { command: ['sleep', '4721'] });
      return { target: { desktopId: desktop.id, launchId: id }, command: /^sleep 4721/ };
    },
  },
  {
    name: 'a launch beside the desktop',
    prepare: async (under, desktop) => {
      const { id } = await start(under, desktop, { command: ['sleep', '4721'], runtime: 'pod_application' });
      return { target: { desktopId: desktop.id, launchId: id }, command: /sleep 4721/ };
    },
  },
  {
    name: 'an image without a shell',
    prepare: async (under, desktop) => {
      const { id } = await start(under, desktop, { image: under.images.bare });
      return { target: { desktopId: desktop.id, launchId: id }, command: /^\/sleep/ };
    },
  },
  {
    name: 'the desktop itself',
    prepare: async (_under, desktop) => ({ target: { desktopId: desktop.id }, command: /supervise/ }),
  },
];
/** The bits of capabilities in a mask. */
const CAPABILITY = { ptrace: 1n << 19n, netAdmin: 1n << 12n, netRaw: 1n << 13n, sysAdmin: 1n << 21n };

export function debugPromises(under: () => EngineUnderTest): void {
  describe('toolboxes', () => {
    const sharedDesktop = shareDesktop(under);

    for (const place of PLACES) {
      test(`beside ${place.name}: starts in its files and says so, sees its processes, runs as its user, shares all but files`, async () => {
        await using made = await sharedDesktop();
        const { target, command } = await place.prepare(under(), made.desktop);
        const toolbox = await add(under(), target);
        const seat = await sit(under(), toolbox);
        await seat.shows(/^Toolbox beside .* \(process \d+\)\. You are in its files, \/proc\/\d+\/root; PATH has/);
        assert.match(await seat.ask('pwd'), /^\/proc\/\d+\/root$/);
        assert.match(await seat.ask('tr "\\0" " " </proc/$TOOLBOX_PID/cmdline'), command);
        assert.equal(await seat.ask('id -u; id -g'), '4100\n4100');
        const spaces = async (pid: string): Promise<string[]> =>
          (await seat.ask(`cd /proc/${pid}/ns && readlink mnt pid net ipc uts`)).split('\n');
        const [own, others] = [await spaces('self'), await spaces('$TOOLBOX_PID')];
        assert.notEqual(own[0], others[0], 'the toolbox has its own files');
        assert.deepEqual(own.slice(1, 4), others.slice(1, 4), 'processes, network and IPC are shared');
        assert.equal(own[4] === others[4], under().abilities.sharedHostname, 'the host name');
        const found = await under().engine.debug.namespaces(made.id);
        const ids = found.containers.find(({ name }) => name === toolbox.name)?.ids;
        const numbers = own.slice(0, 4).map((link) => /\d+/.exec(link)?.[0]);
        assert.deepEqual(
          [ids?.mnt, ids?.pid, ids?.net, ids?.ipc].map((id) => /\d+/.exec(id ?? '')?.[0]),
          numbers,
        );
      });
    }

    test('all clients of a terminal see the same, and disconnecting does not end it', async () => {
      await using made = await sharedDesktop();
      const toolbox = await add(under(), { desktopId: made.id });
      const [one, two] = [await sit(under(), toolbox), await sit(under(), toolbox)];
      await one.shows(/\$ /);
      // On a cluster, output arrives a moment after the client attached, without an event.
      await two.answers(/from-one-42/, () => one.session.stream.write('echo from-one-$((6 * 7))\r'));
      await one.shows(/from-one-42/);
      one.session.stream.destroy();
      assert.equal(await one.session.exitCode, null, 'it keeps running');
      two.session.stream.write('echo from-two-$((6 * 8))\r');
      await two.shows(/from-two-48/);
      const three = await sit(under(), toolbox);
      three.session.stream.write('stty size; exit 7\r');
      await Promise.all([two.shows(/40 200/), three.shows(/40 200/)]);
      assert.deepEqual(await Promise.all([two.session.exitCode, three.session.exitCode]), [7, 7]);
      assert.equal((await over(under(), toolbox)).exitCode, 7);
    });

    test('all keys reach the toolbox, including the detach keys of engines', async () => {
      await using made = await sharedDesktop();
      const toolbox = await add(under(), { desktopId: made.id });
      const seat = await sit(under(), toolbox);
      seat.session.stream.write('stty raw -echo; echo go; head -c 4 | od -An -tx1; stty sane\r');
      await seat.shows(/\rgo/);
      seat.session.stream.write('\x10\x11\x10\x11');
      await seat.shows(/10 11 10 11/);
    });

    test('its log contains the output before the first client attached, and everything after that', async () => {
      const { engine } = under();
      await using made = await sharedDesktop();
      const command = ['bash', '-c', 'echo early; read -r line; echo "got $line"; exit 5'];
      const toolbox = await add(under(), { desktopId: made.id }, { command });
      const target = { desktopId: made.id, container: toolbox.name };
      await eventually('it speaks', async () => ((await printed(engine, target)).includes('early') ? true : null));
      const seat = await sit(under(), toolbox);
      seat.session.stream.write('words\r');
      assert.equal(await seat.session.exitCode, 5);
      await over(under(), toolbox);
      const lines = await printed(engine, target);
      assert.ok(
        lines.some((line) => line.startsWith('Toolbox beside')) && lines.includes('got words'),
        lines.join('\n'),
      );
    });

    test('stopping a toolbox ends all its processes and nothing else, and keeps its log', async () => {
      const { engine } = under();
      await using made = await sharedDesktop();
      const launch = await start(under(), made.desktop, { command: ['sleep', '4722'] });
      const toolbox = await add(under(), { desktopId: made.id, launchId: launch.id });
      const seat = await sit(under(), toolbox);
      await seat.shows(/\$ /);
      await seat.ask('(trap "" HUP TERM; exec sleep 4723) & setsid sleep 4723 & true');
      await under().engine.debug.stopToolbox(made.id, toolbox.name, patience());
      const left = 'pgrep -f "^sleep 4723" || true; pgrep -c -f "^sleep 4722"';
      assert.equal((await run(engine, { desktopId: made.id }, left)).output, '1');
      assert.notEqual((await over(under(), toolbox)).exitCode, 0);
      await under().engine.debug.stopToolbox(made.id, toolbox.name, patience());
      const log = await printed(engine, { desktopId: made.id, container: toolbox.name });
      assert.match(log[0] ?? '', /^Toolbox beside/);
    });

    test('a toolbox is never listed as a launch, and a toolbox list contains it', async (context) => {
      const { engine } = under();
      await using made = await aDesktop(under(), hermes);
      const launch = await start(under(), made.desktop, { command: ['sleep', '600'] });
      await using watch = watching(engine);
      const target = { desktopId: made.id, launchId: launch.id };
      const [shared, own] = [
        await add(under(), target),
        await add(under(), target, { env: { COLOUR: 'red' }, shared: false }),
      ];
      await under().engine.debug.stopToolbox(made.id, own.name, patience());
      assert.deepEqual(
        (await engine.launches(made.id)).map(({ id }) => id),
        [launch.id],
      );
      assert.deepEqual(
        (await engine.usage(made.id)).map(({ launchId }) => launchId).filter((id) => id !== launch.id),
        [],
      );
      await watch[Symbol.asyncDispose]();
      assert.ok(watch.events.every((event) => event.type !== 'launch' || event.launch.id === launch.id));
      const facts = { target, profile: 'restricted', by: 'fry', foreign: false, userId: 'hermes', desktopId: made.id };
      const all = async (debug = under().engine.debug) =>
        (await debug.toolboxes(made.id))
          .map(({ name, shared, ...rest }) => ({ name, shared, state: rest.status.state, ...pick(rest, facts) }))
          .toSorted((a, b) => (a.name < b.name ? -1 : 1));
      const expected = [
        { name: shared.name, shared: true, state: 'running', ...facts },
        { name: own.name, shared: false, state: 'finished', ...facts },
      ].toSorted((a, b) => (a.name < b.name ? -1 : 1));
      assert.deepEqual(await all(), expected);
      const one = await under().engine.debug.toolbox(made.id, own.name);
      assert.deepEqual([one?.name, one?.status.state], [own.name, 'finished'], 'each can be read by its name, too');
      assert.equal(await under().engine.debug.toolbox('fry-00000', own.name), null);
      if (!under().another) return context.skip('no second server can be had here');
      await using other = await under().another?.();
      assert.deepEqual(await all(other?.debug), expected, 'another server lists the same');
    });

    test('a toolbox ends with its target launch beside the desktop, and all toolboxes end with the desktop', async () => {
      const { engine } = under();
      const before = await under().objects();
      await using made = await aDesktop(under(), hermes);
      const pod = await start(under(), made.desktop, { command: ['sleep', '600'], runtime: 'pod_application' });
      const inside = await start(under(), made.desktop, { command: ['sleep', '600'] });
      const beside = await add(under(), { desktopId: made.id, launchId: pod.id });
      await add(under(), { desktopId: made.id, launchId: inside.id });
      await engine.removeLaunch(pod.id);
      await eventually(`${beside.name} is gone`, async () => {
        const left = await under().engine.debug.toolboxes(made.id);
        return left.some(({ name }) => name === beside.name) ? null : true;
      });
      await engine.removeDesktop(made.id, patience());
      assert.deepEqual(await under().engine.debug.toolboxes(made.id), []);
      assert.deepEqual(await under().objects(), before);
    });

    test('a toolbox added by others is listed, never as ours, and not changed', async (context) => {
      const { joined, engine } = under();
      if (!joined) return context.skip('this engine has a test of its own for it');
      await using made = await aDesktop(under(), hermes);
      await using other = await joined(made.id, 'somebody-elses');
      const found = (await under().engine.debug.toolboxes(made.id)).find(({ name }) => name === 'somebody-elses');
      assert.ok(found?.foreign && found.desktopId === made.id && found.userId === 'hermes');
      assert.deepEqual([found.target, found.profile, found.status.state], [null, null, 'running']);
      assert.deepEqual(await under().engine.debug.toolbox(made.id, 'somebody-elses'), found);
      assert.deepEqual(await engine.launches(made.id), []);
      const stopping = under().engine.debug.stopToolbox(made.id, 'somebody-elses', patience());
      await assert.rejects(stopping, failsWith('forbidden'));
      assert.ok(await other.untouched());
      assert.deepEqual(await printed(engine, { desktopId: made.id, container: 'somebody-elses' }), ['hello']);
      const inside = await under().engine.debug.inspect(made.id);
      assert.equal(inside.containers.find(({ name }) => name === 'somebody-elses')?.kind, 'foreign');
      await engine.removeDesktop(made.id, patience());
    });
  });

  describe('profiles', () => {
    const sharedDesktop = shareDesktop(under);

    test('each profile grants what it lists and no more, or is refused with the reason both in the list and at the start', async () => {
      await using made = await sharedDesktop();
      const target = { desktopId: made.id };
      const admitted = await under().engine.debug.profiles(target);
      assert.equal(admitted.get('restricted'), null);
      for (const [profile, refusal] of admitted) {
        if (refusal !== null) {
          assert.ok(refusal.length > 10, 'a message');
          await assert.rejects(add(under(), target, { profile }), failsWith('profile_refused'), profile);
          continue;
        }
        const rights = await rightsIn(under(), target, { profile });
        const has = (bit: bigint): boolean => (rights.bounding & bit) !== 0n;
        const wide = profile === 'sysadmin';
        assert.equal(rights.uid, wide || profile === 'netadmin' ? 0 : 4100, profile);
        assert.equal(rights.noMore, profile === 'restricted', profile);
        assert.equal(rights.bounding === 0n, profile === 'restricted', profile);
        assert.equal(has(CAPABILITY.ptrace), wide || profile === 'general', profile);
        assert.equal(has(CAPABILITY.netAdmin), wide || profile === 'netadmin', profile);
        assert.equal(has(CAPABILITY.sysAdmin), wide, profile);
      }
    });

    test('plain adds nothing of Deskpod: variables and files are those of the image', async () => {
      await using made = await sharedDesktop();
      const launch = await start(under(), made.desktop, { command: ['sleep', '600'] });
      const target = { desktopId: made.id, launchId: launch.id };
      const command = ['bash', '-c', 'id -u; echo "[$TOOLBOX_TARGET$DISPLAY]"; ls /home; ls /tmp/.X11-unix'];
      const toolbox = await add(under(), target, { plain: true, command, shared: false });
      assert.equal(toolbox.shared, false);
      await over(under(), toolbox);
      const lines = await printed(under().engine, { desktopId: made.id, container: toolbox.name });
      assert.deepEqual(lines.slice(0, 2), [String(under().abilities.plainUser), '[]']);
      assert.match(lines.slice(2).join(), /^ls: .*No such file/);
    });

    test('a partial container spec overrides the fields that it sets, and unsupported fields are reported', async () => {
      await using made = await sharedDesktop();
      const target = { desktopId: made.id };
      const env = [{ name: 'COLOUR', value: 'blue' }];
      const command = ['bash', '-c', 'echo "$COLOUR"'];
      const toolbox = await add(under(), target, { command, custom: { env }, env: { COLOUR: 'red' } });
      await over(under(), toolbox);
      assert.ok((await printed(under().engine, { desktopId: made.id, container: toolbox.name })).includes('blue'));
      const wrong = add(under(), target, { custom: { image: 'other' } });
      await assert.rejects(wrong, (error) => failsWith('invalid_request')(error) && /image/.test(String(error)));
    });
  });

  describe('commands in a toolbox, and copies', () => {
    const sharedDesktop = shareDesktop(under);

    test('a command runs in the named container', async () => {
      const { engine } = under();
      await using made = await sharedDesktop();
      const launch = await start(under(), made.desktop, { command: ['sleep', '600'] });
      const toolbox = await add(under(), { desktopId: made.id, launchId: launch.id });
      const which = 'command -v strace Xvnc || true; id -u';
      const inToolbox = await run(engine, { desktopId: made.id, container: toolbox.name }, which);
      assert.deepEqual(inToolbox.output.split('\n'), ['/usr/bin/strace', '4100']);
      const never = run(engine, { desktopId: made.id, container: 'never' }, 'true');
      await assert.rejects(never, failsWith('not_found'));
    });

    test('a copy is a launch beside the desktop with the requested changes, and the original keeps running unchanged', async () => {
      const { engine } = under();
      await using made = await sharedDesktop();
      const original = await script(under(), made.desktop, 'echo original; exec sleep 4724', {
        env: { COLOUR: 'red' },
      });
      const command = ['bash', '-c', 'echo "$COLOUR $DISPLAY"; exec sleep 4725'];
      const env = { COLOUR: 'blue' };
      const spec = launchSpec(under(), made.desktop, { command, env, runtime: 'pod_application' });
      const changed = { image: null, command, env };
      const copied = await under().engine.debug.copy(
        { launch: spec, of: original.id, changed, shareProcesses: true, sameNode: false, plain: false },
        () => undefined,
        patience(),
      );
      assert.deepEqual([copied.id, copied.runtime, copied.status.state], [spec.id, 'pod_application', 'running']);
      const lines = await eventually('it speaks', async () => {
        const said = await printed(engine, { desktopId: made.id, launchId: copied.id });
        return said.length > 0 ? said : null;
      });
      assert.match(lines[0] ?? '', /^blue \S+:0$/);
      const all = await engine.launches(made.id);
      assert.deepEqual(
        all.map(({ id, status }) => `${id} ${status.state}`).toSorted(),
        [original.id, copied.id].map((id) => `${id} running`).toSorted(),
      );
      assert.equal((await engine.environment(original.id))['COLOUR'], 'red');
      const nothing = under().engine.debug.copy(
        {
          launch: { ...spec, id: podAppName('hermes', 'x') },
          of: 'never',
          changed,
          shareProcesses: true,
          sameNode: false,
          plain: false,
        },
        () => undefined,
        patience(),
      );
      await assert.rejects(nothing, failsWith('not_found'));
    });
  });
}

/** The permissions of a toolbox, as reported by the kernel. */
async function rightsIn(
  under: EngineUnderTest,
  target: Target,
  more: Partial<ToolboxSpec>,
): Promise<{ uid: number; bounding: bigint; noMore: boolean }> {
  const command = ['bash', '-c', 'grep -E "^(Uid|CapBnd|NoNewPrivs)" /proc/self/status'];
  const toolbox = await add(under, target, { ...more, command });
  await over(under, toolbox);
  const lines = await printed(under.engine, { desktopId: target.desktopId, container: toolbox.name });
  const field = (name: string): string => lines.find((line) => line.startsWith(`${name}:`))?.split(/\s+/)[1] ?? '';
  return {
    uid: Number(field('Uid')),
    bounding: BigInt(`0x${field('CapBnd') || '0'}`),
    noMore: field('NoNewPrivs') === '1',
  };
}

function pick(from: object, like: object): object {
  return Object.fromEntries(Object.entries(from).filter(([key]) => key in like));
}
