/** The engine contract on a real cluster: desktops, images and egress. */
import { contractOnCluster } from './engine-kit.ts';

contractOnCluster('desktops');
