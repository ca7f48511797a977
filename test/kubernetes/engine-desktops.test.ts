/** The engine contract on a real cluster: desktops and images. */
import { contractOnCluster } from './engine-kit.ts';

contractOnCluster('desktops');
