/** The engine contract, inspecting a desktop: the result matches the kernel and holds no secret. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import {
  aDesktop,
  type EngineUnderTest,
  eventually,
  finished,
  hermes,
  run,
  script,
  shareDesktop,
  start,
} from './engine-kit.ts';
import { add, typed } from './engine-toolbox.ts';
import { failsWith } from '../fixtures/fails-with.ts';

const SECRET = 'geheim-4711';

export function insidePromises(under: () => EngineUnderTest): void {
  describe('inspecting a desktop', () => {
    const sharedDesktop = shareDesktop(under);

    test('every container is listed with its kind, location, state and pid', async () => {
      const { engine } = under();
      await using made = await sharedDesktop();
      const launch = await start(under(), made.desktop, { command: ['sleep', '4731'] });
      const pod = await start(under(), made.desktop, { command: ['sleep', '4732'], runtime: 'pod_application' });
      const failed = await script(under(), made.desktop, 'exit 4');
      await finished(engine, failed);
      const toolbox = await add(under(), { desktopId: made.id, launchId: launch.id });
      const inside = await under().engine.debug.inspect(made.id);
      assert.deepEqual([inside.desktopId, inside.userId], [made.id, 'hermes']);
      const found = (name: string) => {
        const one = inside.containers.find((container) => container.name === name);
        assert.ok(one, `${name} is listed`);
        return one;
      };
      const words = (name: string) => {
        const { kind, place, state, launchId, exitCode } = found(name);
        return [kind, place, state, launchId, exitCode];
      };
      assert.deepEqual(words(launch.id), ['launch', 'inside', 'running', launch.id, null]);
      assert.deepEqual(words(pod.id), ['launch', 'beside', 'running', pod.id, null]);
      assert.deepEqual(words(failed.id), ['launch', 'inside', 'finished', failed.id, 4]);
      assert.deepEqual(words(toolbox.name), ['toolbox', 'inside', 'running', launch.id, null]);
      const graphical = inside.containers.find(({ kind, name }) => kind === 'service' && name.includes('graphical'));
      assert.deepEqual([graphical?.place, graphical?.state], ['inside', 'running']);
      assert.deepEqual([found(toolbox.name).by, found(toolbox.name).profile], ['fry', 'restricted']);
      const pid = (await run(engine, { desktopId: made.id }, 'pgrep -f "^sleep 4731"')).output;
      assert.equal(found(launch.id).pid, Number(pid), 'as reported by the desktop');
      assert.equal(found(failed.id).pid, null);
      for (const { commands, state, name } of inside.containers) {
        const does = new Set(commands.map((line) => line.does));
        assert.ok(does.has('logs') && (state !== 'running' || does.has('exec')), name);
      }
    });

    test('the commands to copy do what they say', async (context) => {
      if (!under().abilities.lines) return context.skip('they are for another machine');
      // A command of the engine stays in it.
      await using made = await aDesktop(under(), hermes);
      const launch = await script(under(), made.desktop, 'echo hello-there; exec sleep 600');
      const toolbox = await add(under(), { desktopId: made.id, launchId: launch.id });
      const { containers } = await under().engine.debug.inspect(made.id);
      const lineOf = (name: string, does: string): string => {
        const commands = containers.find((container) => container.name === name)?.commands ?? [];
        const found = commands.find((command) => command.does === does);
        assert.ok(found, `${name} has a command for ${does}`);
        return found.line;
      };
      await typed(lineOf(launch.id, 'logs'), '', /hello-there/);
      await typed(lineOf(launch.id, 'describe'), '', new RegExp(launch.id));
      await typed(lineOf(launch.id, 'exec'), 'echo "up $(id -u) $((6 * 7))"\n', /up 4100 42/);
      await typed(lineOf(launch.id, 'nsenter'), 'echo "up $(hostname) $((6 * 7))"\n', new RegExp(`up ${made.id} 42`));
      await typed(lineOf(launch.id, 'debug'), 'echo "up $(id -u) $((6 * 7))"\n', /up 4100 42/);
      await typed(lineOf(toolbox.name, 'attach'), 'echo "up $(id -u) $((6 * 7))"\n', /up 4100 42/);
    });

    test('namespaces match those of the kernel', async () => {
      const { engine } = under();
      await using made = await sharedDesktop();
      const launch = await start(under(), made.desktop, { command: ['sleep', '600'] });
      const pod = await start(under(), made.desktop, { command: ['sleep', '600'], runtime: 'pod_application' });
      const found = await under().engine.debug.namespaces(made.id);
      const kinds = ['mnt', 'pid', 'net', 'ipc', 'uts', 'user', 'cgroup'] as const;
      for (const id of [launch.id, pod.id]) {
        const ids = found.containers.find(({ name }) => name === id)?.ids;
        const links = await run(
          engine,
          { desktopId: made.id, launchId: id },
          `cd /proc/self/ns && readlink ${kinds.join(' ')}`,
        );
        const real = links.output.split('\n').map((link) => /\d+/.exec(link)?.[0]);
        // An unreadable id is reported as unknown, never guessed.
        assert.deepEqual(
          kinds.map((kind, index) => (ids?.[kind] === null ? real[index] : /\d+/.exec(ids?.[kind] ?? '')?.[0])),
          real,
        );
        assert.ok(ids?.mnt && ids.pid && ids.net && ids.ipc, id);
      }
    });

    test('processes are listed with their container, user, CPU and memory usage', async () => {
      const { engine } = under();
      await using made = await sharedDesktop();
      const busy = await script(under(), made.desktop, 'while :; do :; done');
      const idle = await script(under(), made.desktop, 'sleep 4733; true');
      const pid = await eventually('it sleeps', async () => {
        const { output } = await run(engine, { desktopId: made.id }, 'pgrep -f "^sleep 4733" || true');
        return output === '' ? null : Number(output);
      });
      await under().engine.debug.processes(made.id);
      await delay(1500);
      const all = await under().engine.debug.processes(made.id);
      const sleeping = all.find(({ command }) => command === 'sleep 4733');
      assert.deepEqual([sleeping?.pid, sleeping?.container, sleeping?.uid], [pid, idle.id, 4100]);
      assert.deepEqual([sleeping?.state, sleeping?.memoryBytes === 0], ['S', false]);
      const above = all.find((one) => one.container === idle.id && one.pid === sleeping?.parent);
      assert.match(above?.command ?? '', /bash -c sleep 4733/);
      const working = all.find(({ container, command }) => container === busy.id && command.includes('while'));
      assert.ok(
        working && working.cpu > 0.2 && working.cpu < 1.5 && (sleeping?.cpu ?? 1) < 0.1,
        JSON.stringify(working),
      );
      assert.ok(all.some(({ command, container }) => /Xvnc/.test(command) && container?.includes('graphical')));
    });

    test('open sockets are listed with their owner', async () => {
      await using made = await sharedDesktop();
      const sockets = await under().engine.debug.sockets(made.id);
      const processes = await under().engine.debug.processes(made.id);
      const display = sockets.find(({ local, state }) => local.endsWith(':6000') && state === 'LISTEN');
      assert.ok(display, 'the display listens');
      assert.ok(display.container.includes('graphical') && display.protocol.startsWith('tcp') && !display.remote);
      const server = processes.find(({ pid }) => pid === display.pid);
      if (display.pid !== null) assert.match(server?.command ?? '', /Xvnc/);
      assert.ok(sockets.some(({ protocol, local }) => protocol === 'unix' && local === '/tmp/.X11-unix/X0'));
    });

    test('events of the engine are listed, oldest first', async () => {
      const { engine } = under();
      await using made = await sharedDesktop();
      const pod = await script(under(), made.desktop, 'exit 3', { runtime: 'pod_application' });
      await finished(engine, pod);
      const all = await eventually('the event is listed', async () => {
        const found = await under().engine.debug.events(made.id);
        return found.some(({ about }) => about === pod.id) ? found : null;
      });
      const times = all.map(({ at }) => at);
      assert.deepEqual(times, times.toSorted());
      const own = all.filter(({ about }) => about === pod.id).map(({ reason }) => reason);
      assert.ok(own.includes('Created') && own.includes('Started'), own.join());
    });

    test('the desktop and a launch are each available as a description and as a raw object', async () => {
      await using made = await sharedDesktop();
      const env = { API_TOKEN: SECRET, COLOUR: 'red' };
      const pod = await start(under(), made.desktop, { command: ['sleep', '600'], runtime: 'pod_application', env });
      const inside = await start(under(), made.desktop, { command: ['sleep', '600'], env });
      const toolbox = await add(under(), { desktopId: made.id }, { env });
      const desktop = { desktopId: made.id };
      const one = { desktopId: made.id, launchId: pod.id };
      const [whole, part] = [await under().engine.debug.describe(desktop), await under().engine.debug.describe(one)];
      for (const name of [made.id, inside.id, toolbox.name]) assert.ok(whole.includes(name), `${name} in ${whole}`);
      assert.match(whole, /^Name: +\S+$/m);
      assert.match(whole, /State: +Running/);
      assert.match(whole, /^Events:/m);
      assert.ok(part.includes(pod.id) && !part.includes(inside.id) && part.includes('COLOUR'));
      const objects = [await under().engine.debug.yaml(desktop), await under().engine.debug.yaml(one)];
      for (const text of objects) z.record(z.string(), z.unknown()).parse(parse(text));
      assert.ok(objects[1]?.includes(pod.id));
      const shown = JSON.stringify(await under().engine.debug.inspect(made.id));
      for (const text of [whole, part, shown, ...objects]) assert.ok(!text.includes(SECRET), 'secrets are masked');
      assert.ok(shown.includes('COLOUR'));
    });

    test('inspecting a removed desktop always fails', async () => {
      const debug = under().engine.debug;
      const gone = 'nobody-00000';
      for (const ask of ['inspect', 'namespaces', 'processes', 'sockets', 'events'] as const)
        await assert.rejects(debug[ask](gone), failsWith('not_found'), ask);
      await assert.rejects(debug.describe({ desktopId: gone }), failsWith('not_found'));
      await assert.rejects(debug.yaml({ desktopId: gone }), failsWith('not_found'));
      assert.deepEqual(await debug.toolboxes(gone), []);
    });
  });
}
