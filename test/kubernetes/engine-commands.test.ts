/** The engine contract on a real cluster: logs and commands. */
import { contractOnCluster } from './engine-kit.ts';

contractOnCluster('commands');
