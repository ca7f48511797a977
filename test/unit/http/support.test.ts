/** The support archive: a tar that others can read, complete, without secrets. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { DeskpodError } from '#domain/errors.ts';
import { tarOf } from '#http/support/tar.ts';
import { debugStage } from '../../fakes/debug.ts';

async function tar(args: readonly string[], input: Buffer): Promise<string> {
  const child = spawn('tar', args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(input);
  const output = await text(child.stdout);
  if (child.exitCode === null) await once(child, 'close');
  assert.equal(child.exitCode, 0);
  return output;
}

test('tar can read the archive', async () => {
  const archive = tarOf(
    [
      { name: 'a/one.txt', text: 'eins\n' },
      { name: 'a/two.txt', text: '€'.repeat(400) },
      { name: 'a/empty', text: '' },
    ],
    new Date('2026-01-02T03:04:05Z'),
  );
  assert.deepEqual((await tar(['t'], archive)).trim().split('\n'), ['a/one.txt', 'a/two.txt', 'a/empty']);
  assert.equal(await tar(['xO', 'a/two.txt'], archive), '€'.repeat(400));
});

test('the archive contains all available data, and lists what is missing', async () => {
  await using stage = await debugStage();
  await stage.fry.startDesktop();
  const launch = await stage.fry.launch();
  const { engine, app } = stage.api;
  engine.logsById.set(launch.id, [{ at: null, stream: 'stderr', text: 'no display, key abcdef' }]);
  engine.debug.events = async () => {
    throw new DeskpodError('engine_unavailable', 'The cluster does not answer.');
  };
  const headers = { authorization: `Bearer ${stage.support.token}` };
  const reply = await app.inject({ url: `/api/v1/launches/${launch.id}/support`, headers });
  assert.equal(reply.statusCode, 200);
  assert.equal(reply.headers['content-type'], 'application/gzip');
  const names = (await tar(['tz'], reply.rawPayload)).trim().split('\n');
  assert.deepEqual(
    names.map((name) => name.replace(`${launch.id}/`, '')),
    [
      'log.txt',
      'launch.json',
      'describe.txt',
      'desktop-describe.txt',
      'events.json.missing',
      'inspect.json',
      'start-trace.json',
      'versions.json',
    ],
  );
  const all = await tar(['xzO'], reply.rawPayload);
  assert.match(all, /stderr no display, key ••••/);
  assert.match(all, /The cluster does not answer/);
  assert.match(all, /"XAUTH_KEY": "••••"/);
  assert.equal((await stage.support.send('GET', '/launches/nothing/support')).status, 404);
});
