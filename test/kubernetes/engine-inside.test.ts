/** The engine contract on a real cluster: what is inside a desktop, its isolation and region. */
import { contractOnCluster } from './engine-kit.ts';

contractOnCluster('inside');
