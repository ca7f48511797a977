/** The engine contract on a real cluster: launches. */
import { contractOnCluster } from './engine-kit.ts';

contractOnCluster('launches');
