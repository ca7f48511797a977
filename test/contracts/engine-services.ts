/** Services of a desktop: WebDAV over its home, PulseAudio, CUPS, an encoder of its screen. Where they start on demand, a user notices nothing of it. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import type { EngineDesktop } from '#domain/ports/engine.ts';
import { GdpReader } from '#gateway/video/gdp.ts';
import { lineOf } from '#gateway/video/video-stream.ts';
import { type EngineUnderTest, patience, printed, run, script, finished, shareDesktop } from './engine-kit.ts';

export function servicePromises(under: () => EngineUnderTest): void {
  describe('the services of a desktop', () => {
    const desktop = shareDesktop(under);

    test('are listed with the desktop', async () => {
      await using shared = await desktop();
      assert.deepEqual(Object.keys(shared.desktop.services).toSorted(), ['files', 'printer', 'sound', 'video']);
    });

    test('a file that is put through WebDAV is in the home, and belongs to the user', async () => {
      await using shared = await desktop();
      const { filesPassword } = await under().engine.credentials(shared.id);
      // Homes outlive a run that was killed.
      const name = `hello-${randomUUID()}.txt`;
      const put = await dav(under(), shared.desktop, filesPassword, 'PUT', `/${name}`, 'hello from the browser');
      assert.equal(put.status, 201);
      const { output } = await run(under().engine, { desktopId: shared.id }, `cat ~/${name}; stat -c %u ~/${name}`);
      assert.deepEqual(output.split('\n'), ['hello from the browser4100']);
    });

    test('whoever has another password gets nothing', async () => {
      await using shared = await desktop();
      const { status } = await dav(under(), shared.desktop, 'a guess', 'GET', '/hello.txt');
      assert.equal(status, 401);
    });

    test('many connections at once, the first ones while it starts, all reach it', async () => {
      await using shared = await desktop();
      const { filesPassword } = await under().engine.credentials(shared.id);
      const all = Array.from({ length: 12 }, () => dav(under(), shared.desktop, filesPassword, 'GET', '/nothing'));
      assert.deepEqual(new Set((await Promise.all(all)).map(({ status }) => status)), new Set([404]));
    });

    for (const [service, variable] of [
      ['sound', 'PULSE_SERVER'],
      ['printer', 'CUPS_SERVER'],
    ] as const) {
      test(`programs find the service ${service} by ${variable}, inside and beside the desktop`, async () => {
        await using shared = await desktop();
        for (const runtime of ['ephemeral_container', 'pod_application'] as const) {
          const launch = await script(under(), shared.desktop, `echo "$${variable}"`, { runtime });
          await finished(under().engine, launch);
          const [at = ''] = await printed(under().engine, { desktopId: shared.id, launchId: launch.id });
          assert.notEqual(at, '', `${runtime} has ${variable}`);
          if (runtime === 'pod_application') continue;
          const socket = at.replace(/^unix:/, '');
          const { output, exitCode } = await run(
            under().engine,
            { desktopId: shared.id },
            `socat -u OPEN:/dev/null UNIX-CONNECT:${socket}`,
          );
          assert.equal(exitCode, 0, output);
        }
      });
    }

    test('when a service was last used is known: now, while it runs', async () => {
      await using shared = await desktop();
      const begun = Date.now();
      const connection = await under().engine.connect(shared.id, 'printer', patience());
      const usedAt = await under().engine.serviceLastUsed(shared.id, 'printer');
      connection.destroy();
      assert.ok((usedAt?.getTime() ?? 0) >= begun);
    });

    test('the server reaches PulseAudio', async () => {
      await using shared = await desktop();
      const connection = await under().engine.connect(shared.id, 'sound', patience());
      connection.destroy();
    });

    const WISH = { area: { x: 0, y: 0, width: 320, height: 240 }, fps: 30, codec: 'h264' } as const;

    test('the screen is encoded for whoever has the key, and nothing is sent without it', async () => {
      await using shared = await desktop();
      const { videoKey } = await under().engine.credentials(shared.id);
      const encoder = await under().engine.connect(shared.id, 'video', patience());
      const keys: boolean[] = [];
      const reader = new GdpReader(({ isKey }) => keys.push(isKey));
      encoder.write(lineOf(videoKey, WISH));
      for await (const chunk of encoder) {
        assert.ok(Buffer.isBuffer(chunk));
        reader.push(chunk);
        if (keys.length > 3) break;
      }
      assert.deepEqual(keys.slice(0, 4), [true, false, false, false]);
      const stranger = await under().engine.connect(shared.id, 'video', patience());
      stranger.write(lineOf(videoKey.replaceAll(/[0-9]/g, 'f'), WISH));
      assert.equal(await text(stranger), '');
    });
  });
}

/** Asks the files service. */
export async function dav(
  { engine }: EngineUnderTest,
  { id }: EngineDesktop,
  password: string,
  method: string,
  path: string,
  body?: string,
): Promise<{ status: number; text: string }> {
  const socket = await engine.connect(id, 'files', patience());
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const auth = `deskpod:${password}`;
  const asked = request({ method, path, auth, host: 'files', createConnection: () => socket }, (answer) => {
    text(answer).then((content) => resolve({ status: answer.statusCode ?? 0, text: content }), reject);
  });
  asked.on('error', reject);
  asked.end(body);
  return await promise.finally(() => socket.destroy());
}
