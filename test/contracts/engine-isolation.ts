/** The engine contract, isolation: two users share nothing, and a local X connection never crosses IPC namespaces. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failsWith } from '../fixtures/fails-with.ts';
import { aDesktop, type EngineUnderTest, fry, hermes, output, patience, run, shareDesktop } from './engine-kit.ts';

/** A command that prints `open` or `closed`. */
const reach = (address: string | null): string =>
  `if timeout 3 bash -c '</dev/tcp/${address}/6000' 2>/dev/null; then echo open; else echo closed; fi`;

export function isolationPromises(under: () => EngineUnderTest): void {
  describe('isolation', () => {
    const sharedDesktop = shareDesktop(under);

    test('two users have different ids, homes and credentials', async () => {
      const { engine } = under();
      await using one = await aDesktop(under(), hermes);
      await using two = await aDesktop(under(), fry);
      await run(engine, { desktopId: one.id }, 'echo secret > ~/private');
      const there = await run(
        engine,
        { desktopId: two.id },
        'id -un; echo ~; ls /home; cat /home/hermes/private 2>/dev/null; echo end',
      );
      assert.deepEqual(there.output.split('\n'), ['fry', '/home/fry', 'fry', 'end']);
      const [a, b] = [await engine.credentials(one.id), await engine.credentials(two.id)];
      assert.notEqual(a.xCookie, b.xCookie);
      assert.notEqual(a.vncPassword, b.vncPassword);
    });

    test("a program of one user cannot reach another user's display", async (context) => {
      if (!under().abilities.walls) return context.skip('the network of this cluster enforces no policies');
      await using one = await aDesktop(under(), hermes);
      await using two = await aDesktop(under(), fry);
      const own = await output(under(), one.desktop, reach(one.desktop.address), { runtime: 'pod_application' });
      assert.deepEqual(own, ['open'], 'it reaches its own display, so the check works');
      for (const runtime of ['ephemeral_container', 'pod_application'] as const) {
        assert.deepEqual(
          await output(under(), one.desktop, reach(two.desktop.address), { runtime }),
          ['closed'],
          runtime,
        );
      }
    });

    test('the display does not listen on TCP unless enabled', async () => {
      await using made = await aDesktop(under(), hermes, { x11Tcp: false });
      assert.deepEqual(
        await output(under(), made.desktop, reach(made.desktop.address), { runtime: 'pod_application' }),
        ['closed'],
      );
    });

    test('the X socket is available exactly in containers that share the IPC namespace', async () => {
      const { engine } = under();
      await using made = await sharedDesktop();
      const look =
        'readlink /proc/self/ns/ipc; if [ -S /tmp/.X11-unix/X0 ]; then echo socket; else echo none; fi; grep -c "@/tmp/.X11-unix" /proc/net/unix || true';
      const [ipc] = (await run(engine, { desktopId: made.id }, look)).output.split('\n');
      const inside = await output(under(), made.desktop, look);
      assert.deepEqual(inside.slice(0, 2), [ipc, 'socket']);
      const beside = await output(under(), made.desktop, look, { runtime: 'pod_application' });
      assert.notEqual(beside[0], ipc);
      assert.deepEqual(beside.slice(1), ['none', '0']);
    });

    test('programs inside the desktop share its IPC, network, UTS and PID namespaces', async () => {
      const { engine } = under();
      await using made = await sharedDesktop();
      await run(engine, { desktopId: made.id }, 'echo seen > /dev/shm/mark');
      const inside = await output(
        under(),
        made.desktop,
        'cat /dev/shm/mark; hostname; pgrep -c -x Xvnc; readlink /proc/self/ns/net',
      );
      const net = (await run(engine, { desktopId: made.id }, 'readlink /proc/self/ns/net')).output;
      assert.deepEqual(inside, ['seen', made.id, '1', net]);
    });

    test("the server follows no link that an app puts in place of its desktop's sockets", async (context) => {
      const { engine } = under();
      await using made = await aDesktop(under(), hermes);
      const replace = (folder: string, name: string): string =>
        `cd /proc/1/root${folder} && mv ${name} real && ln -s real ${name} && echo replaced`;
      const said = await output(
        under(),
        made.desktop,
        `${replace('/run/deskpod/rfb', 'rfb.sock')}; ${replace('/tmp/.X11-unix', 'X0')}`,
      );
      if (said.filter((line) => line === 'replaced').length < 2) return context.skip('its sockets are out of reach');
      for (const port of ['screen', 'display'] as const)
        await assert.rejects(engine.connect(made.id, port, patience()), failsWith('engine_unavailable'), port);
    });

    test("a launch sees neither the screen's socket nor its password", async () => {
      const { engine } = under();
      await using made = await sharedDesktop();
      const { vncPassword } = await engine.credentials(made.id);
      const look = `find /run/deskpod -type s; grep -rsl '${vncPassword}' /run/deskpod; ls /run/deskpod; ls -d /run/deskpod/secret 2>/dev/null`;
      for (const runtime of ['ephemeral_container', 'pod_application'] as const) {
        const seen = await output(under(), made.desktop, look, { runtime });
        assert.deepEqual(
          seen.filter((name) => name !== 'pulse-cookie'),
          ['Xauthority'],
          runtime,
        );
      }
    });
  });
}
