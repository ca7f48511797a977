/** The engine contract on a real cluster: region and background of a desktop, and its connections. */
import { contractOnCluster } from './engine-kit.ts';

contractOnCluster('region');
