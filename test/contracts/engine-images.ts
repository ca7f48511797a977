/** The engine contract, images: reading present ones and pulling or building missing ones. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { patience, type EngineUnderTest } from './engine-kit.ts';
import { failsWith } from '../fixtures/fails-with.ts';

export function imagePromises(under: () => EngineUnderTest): void {
  describe('images', () => {
    test('an existing image is described with its labels, command and platform', async (context) => {
      if (!under().abilities.imageDetails) return context.skip('a cluster tells only name and digest');
      const image = await under().engine.image(under().images.terminal);
      assert.ok(image);
      assert.equal(image.labels['oc.name'], 'terminal');
      assert.deepEqual(image.command, ['/usr/bin/xterm']);
      assert.equal(image.os, 'linux');
      assert.match(image.id, /^sha256:[0-9a-f]{64}$/);
    });

    test('a missing image is null, and so is an invalid name', async () => {
      assert.equal(await under().engine.image('localhost/deskpod/nothing-here:1'), null);
      assert.equal(await under().engine.image('Not a name!'), null);
    });

    test("ensuring an app's image makes it permanently available", async () => {
      const { engine, images } = under();
      await engine.announceImages([{ reference: images.terminal, app: 'terminal' }]);
      const made = await engine.ensureImage(
        { reference: images.terminal, app: 'terminal' },
        () => undefined,
        patience(),
      );
      assert.deepEqual((await engine.image(images.terminal))?.digest, made.digest);
    });

    test('ensuring an image that is available does nothing and reports no progress', async () => {
      const lines: string[] = [];
      const image = await under().engine.ensureImage(
        { reference: under().images.terminal, app: 'terminal' },
        (line) => lines.push(line),
        patience(),
      );
      assert.match(image.digest ?? image.id, /^sha256:/);
      assert.deepEqual(lines, []);
    });

    test('ensuring an image that cannot be pulled fails with its name and the reason', async () => {
      // Side by side: a node reports one that has no registry only after its second attempt.
      await Promise.all(
        ['localhost/other/nothing-here:1', '127.0.0.1:1/nothing/here:1'].map((reference) =>
          assert.rejects(
            under().engine.ensureImage({ reference, app: 'nothing' }, () => undefined, patience()),
            (error) => failsWith('app_unavailable')(error) && String(error).includes(reference),
          ),
        ),
      );
    });
  });
}
