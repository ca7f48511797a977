/** The engine contract on Podman, with the service and the store that the product itself would use. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { engineContract } from '../contracts/engine.ts';
import { ownStore, TEST_DATA, underTest } from './engine-local.ts';

const runDir = '/run/deskpod-engine-test';

function reasonToSkip(): string | null {
  if (process.getuid?.() !== 0) return 'needs root';
  if (spawnSync('podman', ['--version']).status !== 0) return 'podman is not installed';
  return null;
}

engineContract('Podman', reasonToSkip(), async () => {
  const store = await ownStore();
  return underTest({ socket: null, dataDir: TEST_DATA, runDir, apiSocket: join(runDir, 'engine/podman.sock') }, store);
});
