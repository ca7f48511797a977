/** Folders that an administrator shares: the desktop, its files service and its apps see the same, and no more. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { aDesktop, type EngineUnderTest, finished, fry, hermes, printed, run, script } from './engine-kit.ts';
import { dav } from './engine-services.ts';

export function sharedFolderPromises(under: () => EngineUnderTest): void {
  describe('shared folders', () => {
    test('are in the home, for the desktop, its files and apps in both runtimes; read-only ones can’t be changed', async () => {
      const { engine, shared } = under();
      await using desktop = await aDesktop(under(), hermes, { shared: [shared.writable, shared.readOnly] });
      assert.deepEqual(desktop.desktop.shared, [shared.writable, shared.readOnly]);
      const [target, at] = [{ desktopId: desktop.id }, `"$HOME/Shared/${shared.writable}"`];
      const written = await run(engine, target, `echo hello > ${at}/from-desktop && cat ${at}/from-desktop`);
      assert.equal(written.output.trim(), 'hello');
      const refused = await run(engine, target, `echo x > ~/Shared/${shared.readOnly}/x`);
      assert.notEqual(refused.exitCode, 0, refused.output);
      for (const runtime of ['ephemeral_container', 'pod_application'] as const) {
        const launch = await script(under(), desktop.desktop, `cat ${at}/from-desktop`, { runtime });
        await finished(engine, launch);
        assert.deepEqual(await printed(engine, { desktopId: desktop.id, launchId: launch.id }), ['hello'], runtime);
      }
      const { filesPassword } = await engine.credentials(desktop.id);
      const path = `/Shared/${encodeURIComponent(shared.writable)}`;
      assert.equal((await dav(under(), desktop.desktop, filesPassword, 'PUT', `${path}/put`, 'x')).status, 201);
      const listed = (await engine.desktops()).find(({ id }) => id === desktop.id);
      assert.deepEqual(listed?.shared, [shared.writable, shared.readOnly]);
    });

    test('two users see the same files; who isn’t given a folder has none of it, nor has who asks for an unknown one', async () => {
      const { engine, shared } = under();
      await using one = await aDesktop(under(), hermes, { shared: [shared.writable] });
      await using other = await aDesktop(under(), fry, { shared: [shared.writable, '../../etc', 'unknown'] });
      const at = `"$HOME/Shared/${shared.writable}"`;
      await run(engine, { desktopId: one.id }, `echo from hermes > ${at}/letter && chmod a+r ${at}/letter`);
      assert.match((await run(engine, { desktopId: other.id }, `cat ${at}/letter`)).output, /from hermes/);
      const { output } = await run(engine, { desktopId: other.id }, 'ls ~/Shared');
      assert.equal(output.trim(), shared.writable);
      // On a cluster, the place of a folder that the user had stays, empty.
      const former = await run(engine, { desktopId: one.id }, `ls -A "$HOME/Shared/${shared.readOnly}" 2>/dev/null`);
      assert.equal(former.output.trim(), '');
    });
  });
}
