/** The engine contract on a real cluster: toolboxes and copies. */
import { contractOnCluster } from './engine-kit.ts';

contractOnCluster('debug');
