/** The engine contract on a real cluster: what is inside a desktop, and its isolation. */
import { contractOnCluster } from './engine-kit.ts';

contractOnCluster('inside');
