/** The engine contract on Docker. */
import { engineContract } from '../contracts/engine.ts';
import { copyFromPodman, DATA, reasonToSkip, RUN, SOCKET, startDaemon } from './docker-kit.ts';
import { clearHomes, underTest } from './engine-local.ts';

engineContract('Docker', reasonToSkip(), async () => {
  const daemon = await startDaemon();
  await copyFromPodman();
  await clearHomes(DATA);
  return underTest({ socket: SOCKET, dataDir: DATA, runDir: RUN, apiSocket: SOCKET }, daemon);
});
