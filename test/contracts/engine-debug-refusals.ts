/** The engine contract, debugging: targets that cannot be debugged, each with the reason. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { podAppName } from '#domain/names.ts';
import {
  type EngineUnderTest,
  finished,
  hermes,
  patience,
  printed,
  script,
  shareDesktop,
  start,
} from './engine-kit.ts';
import { add, over, toolboxSpec } from './engine-toolbox.ts';
import { failsWith } from '../fixtures/fails-with.ts';

export function debugRefusals(under: () => EngineUnderTest): void {
  describe('targets that cannot be debugged', () => {
    const sharedDesktop = shareDesktop(under);

    test('a toolbox cannot use the name of a toolbox, a launch or the desktop', async () => {
      await using made = await sharedDesktop();
      const launch = await start(under(), made.desktop, { command: ['sleep', '600'] });
      const toolbox = await add(under(), { desktopId: made.id });
      for (const name of [toolbox.name, launch.id])
        await assert.rejects(add(under(), { desktopId: made.id }, { name }), failsWith('name_taken'), name);
    });

    test('stopping an unknown toolbox fails', async () => {
      await using made = await sharedDesktop();
      const { debug } = under().engine;
      for (const desktopId of [made.id, 'nobody-00000'])
        await assert.rejects(debug.stopToolbox(desktopId, 'debugger-never', patience()), failsWith('not_found'));
    });

    test('a toolbox needs an existing image', async () => {
      await using made = await sharedDesktop();
      const image = `${under().images.toolbox.replace(/\/[^/]*$/, '')}/not-there:1`;
      await assert.rejects(add(under(), { desktopId: made.id }, { image }), failsWith('app_unavailable'));
      assert.deepEqual(await running(under(), made.id), []);
    });

    test('a launch that has ended, an unknown launch and a removed desktop cannot be debugged', async () => {
      await using made = await sharedDesktop();
      const launch = await script(under(), made.desktop, 'exit 3');
      await finished(under().engine, launch);
      const ended = add(under(), { desktopId: made.id, launchId: launch.id });
      await assert.rejects(ended, (error) => failsWith('conflict')(error) && /ended.*3/.test(String(error)));
      const never = { desktopId: made.id, launchId: podAppName('hermes', 'never') };
      await assert.rejects(add(under(), never), failsWith('not_found'));
      await assert.rejects(add(under(), { desktopId: 'nobody-00000' }), failsWith('desktop_missing'));
      assert.deepEqual(await running(under(), made.id), []);
    });

    test('a terminal in a launch that has ended fails with its exit code', async () => {
      await using made = await sharedDesktop();
      const toolbox = await add(under(), { desktopId: made.id }, { command: ['bash', '-c', 'exit 9'] });
      await over(under(), toolbox);
      const attaching = under().engine.debug.attach(made.id, toolbox.name, patience());
      await assert.rejects(attaching, (error) => failsWith('conflict')(error) && /ended.*9/.test(String(error)));
      const never = under().engine.debug.attach(made.id, 'debugger-never', patience());
      await assert.rejects(never, failsWith('not_found'));
    });

    test('an aborted toolbox does not keep running', async () => {
      await using made = await sharedDesktop();
      const abort = new AbortController();
      const spec = toolboxSpec(under(), { desktopId: made.id });
      const adding = under().engine.debug.addToolbox(spec, () => undefined, abort.signal);
      abort.abort(new Error('changed my mind'));
      await assert.rejects(adding, /changed my mind/);
      assert.deepEqual(await running(under(), made.id), []);
    });

    test('a toolbox as another user: its first line says why it lacks the files, and what it shares', async () => {
      await using made = await sharedDesktop();
      const custom = { securityContext: { runAsUser: hermes.uid + 900 } };
      const toolbox = await add(under(), { desktopId: made.id }, { custom, command: ['true'] });
      await over(under(), toolbox);
      const said = (await printed(under().engine, { desktopId: made.id, container: toolbox.name })).join(' ');
      assert.match(
        said,
        /Its files cannot be opened \(Permission denied\): .* Its processes, network and IPC are shared/,
      );
    });

    for (const tty of [null, { columns: 80, rows: 24 }]) {
      test(`a program that the image lacks, ${tty ? 'in a terminal' : 'without one'}`, async () => {
        const { engine } = under();
        await using made = await sharedDesktop();
        const launch = await start(under(), made.desktop, { image: under().images.bare });
        const target = { desktopId: made.id, launchId: launch.id };
        for (const program of ['bash', '/bin/sh']) {
          const running = engine.exec(target, { command: [program, '-c', 'true'], tty }, patience());
          await assert.rejects(running, failsWith('no_such_program'), program);
        }
        const session = await engine.exec(
          { desktopId: made.id },
          { command: ['bash', '-c', 'exit 127'], tty },
          patience(),
        );
        session.stream.resume();
        assert.equal(await session.exitCode, 127, 'a shell started that reports the same');
      });
    }
  });
}

async function running(under: EngineUnderTest, desktopId: string): Promise<string[]> {
  const all = await under.engine.debug.toolboxes(desktopId);
  return all.filter(({ status }) => status.state === 'running').map(({ name }) => name);
}
