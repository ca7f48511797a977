/** What only a cluster refuses: an image no node can fetch, a pod no node has room for, a profile no node has, a desktop that is full. */
import { asPod, inTheDesktop } from './failure.ts';
import type { Failure, HintRule } from './failure.ts';

const NOT_PULLED = /\b(?:ImagePullBackOff|ErrImagePull|InvalidImageName|ImageInspectError|RegistryUnavailable)\b/;
const NO_NODE = /\b\d+\/\d+ nodes are available\b|\bUnschedulable\b/;
const NO_PROFILE = /\bseccomp profile\b/;
const FULL = /(?:holds|carries) \d+ finished launch|has had \d+ (?:containers added to|launches inside) it/;

/** The engine's words alone: a log may speak of other clusters. */
const says = ({ message }: Failure, what: RegExp): boolean => what.test(message ?? '');

export const CLUSTER: readonly HintRule[] = [
  {
    id: 'image-not-pulled',
    recognise: (failure) =>
      says(failure, NOT_PULLED)
        ? {
            title: 'No node could fetch the app’s image',
            explanation:
              'The name is wrong, the registry does not answer, or it wants a login that the cluster does not have. An administrator sees the registry’s own words with kubectl describe pod; logins are kept in the secret abcdesktopregistrysecret.',
            remedies: [{ label: 'Run again', env: {} }],
          }
        : null,
  },
  {
    id: 'no-node',
    recognise: (failure) =>
      says(failure, NO_NODE)
        ? {
            title: 'No node has room for the app',
            explanation:
              'A pod needs a node with as much memory and processor as it asks for, and with the labels that its class names. In the desktop it asks for nothing of its own; an administrator can add room or give the app a smaller execute class.',
            remedies: [...inTheDesktop(failure), { label: 'Run again', env: {} }],
          }
        : null,
  },
  {
    id: 'seccomp-profile',
    recognise: (failure) =>
      says(failure, NO_PROFILE)
        ? {
            title: 'The app’s seccomp profile isn’t on the node',
            explanation:
              'The app has a sandbox of its own, which the nodes’ default profile refuses. An administrator copies Deskpod’s profile to every node and sets kubernetes.pods.seccompProfiles; until then the app does not start here.',
            remedies: [{ label: 'Run again', env: {} }],
          }
        : null,
  },
  {
    id: 'desktop-full',
    recognise: (failure) =>
      says(failure, FULL)
        ? {
            title: 'The desktop takes no more apps',
            explanation:
              'A pod keeps everything that ever ran in it, up to a number. Tasks shows how many there are and rebuilds the desktop; as a pod of its own the app needs no place in it.',
            remedies: asPod(failure),
          }
        : null,
  },
];
