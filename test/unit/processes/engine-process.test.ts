import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from '#config/load.ts';
import { engineSocketOf } from '#processes/engine-process.ts';

test('both processes find the same socket by one configuration', async () => {
  const socketOf = async (env: Record<string, string>): Promise<string> =>
    engineSocketOf((await loadConfig({ options: { run: '/run/desk' }, env, defaultFile: null })).config);
  assert.equal(await socketOf({}), '/run/desk/engine.sock');
  assert.equal(await socketOf({ DESKPOD_ENGINE_PROCESS: '/run/other/socket' }), '/run/other/socket');
});
