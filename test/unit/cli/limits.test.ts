/** What `deskpod limits` prints. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandLine, recordingServer } from '../../fakes/command-line.ts';

test('limits are a table; those of another user are requested by id', async (context) => {
  const limits = [
    { name: 'launches', used: 3, limit: 32, unit: 'count', enforced: true, setting: 'launches.perUser' },
    {
      name: 'memory',
      used: 536870912,
      limit: 1610612736,
      unit: 'bytes',
      enforced: true,
      setting: 'limits.desktop.memory',
    },
    { name: 'cpus', used: null, limit: 1.5, unit: 'processors', enforced: false, setting: 'limits.desktop.cpus' },
  ];
  const { address, heard } = await recordingServer(context, {
    'GET /api/v1/limits': { limits },
  });
  const { deskpod } = await commandLine(context);
  const at = ['--server', address, '--token', 't'];
  const { out } = await deskpod(['limits', ...at]);
  assert.match(out, /^LIMIT +USED +MOST +SETTING\nlaunches +3 +32 +launches\.perUser\n/);
  assert.match(out, /^memory +512 MiB +1\.5 GiB +limits\.desktop\.memory$/m);
  assert.match(out, /^cpus +unknown +1\.5 \(not enforced\) +limits\.desktop\.cpus$/m);
  await deskpod(['limits', '--user', 'leela', ...at]);
  assert.equal(heard.at(-1)?.url, '/api/v1/limits?user=leela');
});
