/**
 * The engine contract on Podman, with the same kind of service and store as the product, and as the product uses it: the
 * server's half of `engines/remote` talks to the half of the engine process. Docker's contract has no such halves.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { engineContract } from '../contracts/engine.ts';
import { ownStore, TEST_DATA, TEST_RUN, underTest } from './engine-local.ts';

const runDir = TEST_RUN;

function reasonToSkip(): string | null {
  if (process.getuid?.() !== 0) return 'needs root';
  if (spawnSync('podman', ['--version']).status !== 0) return 'podman is not installed';
  return null;
}

engineContract('Podman', reasonToSkip(), async () => {
  const store = await ownStore();
  const local = { socket: null, dataDir: TEST_DATA, runDir, apiSocket: join(runDir, 'engine/podman.sock') };
  return underTest(local, store, { remote: true });
});
