/** What `deskpod limits` prints. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandLine, recordingServer } from '../../fakes/command-line.ts';

test('limits are a table; those of another user are requested by id', async (context) => {
  const limits = [{ name: 'launches', used: 3, limit: 32, setting: 'launches.perUser' }];
  const { address, heard } = await recordingServer(context, {
    'GET /api/v1/limits': { limits },
  });
  const { deskpod } = await commandLine(context);
  const at = ['--server', address, '--token', 't'];
  assert.match(
    (await deskpod(['limits', ...at])).out,
    /^LIMIT +USED +MOST +SETTING\nlaunches +3 +32 +launches\.perUser\n/,
  );
  await deskpod(['limits', '--user', 'leela', ...at]);
  assert.equal(heard.at(-1)?.url, '/api/v1/limits?user=leela');
});
