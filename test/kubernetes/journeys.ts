/** Which files of `test/e2e` also run on the cluster: all but those that are named here, with the reason. */

/** Files that run on one machine only, and why. */
export const ONE_MACHINE: Readonly<Record<string, string>> = {
  alsa: 'builds an image here, from the network; sound and microphone run on both engines',
  catalogue: 'builds and tags images here; walk.test.ts imports catalogue files into a cluster',
  'debug-approval': 'waits minutes for what the domain alone decides; debug.test.ts runs on both engines',
  edge: 'listeners of one machine',
  'faults-desktop': 'ends processes of this machine; faults.test.ts ends pods',
  'faults-limits': 'tags images here; engine-launches.test.ts exceeds limits on a cluster',
  'faults-server': 'ends processes of this machine; outage.test.ts and faults.test.ts do so on a cluster',
  'file-faults': 'mounts homes and ends services on this machine; faults.test.ts ends pods',
  installation: 'sets up this machine; install.test.ts installs on a cluster',
  keyboards: 'is about keys between the page and the screen; input.test.ts types on a cluster',
  keys: 'is about keys between the page and the screen; input.test.ts types on a cluster',
  languages: 'is about pages; region.test.ts starts apps in a language on a cluster',
  logs: 'is about how the page shows a log; tasks.test.ts reads one on a cluster',
  network: 'has no desktop',
  'open-with': 'builds images of apps here',
  processes: 'is about the processes of one machine; a cluster has pods without root',
  pwa: 'starts an app whose image is built here',
  'screen-size': 'is about sizes between the page and the screen, which reaches a cluster over the same port',
  'shared-folders': 'mounts folders of this machine; a cluster shares claims, which the engine contract mounts',
  shell: 'is about pages and their accessibility; journeys.test.ts does the same on a cluster',
  store: 'installs apps with recipes of its own, which are built here; a cluster pulls the images of its registry',
  'streams-docker': 'is about Docker',
  touch: 'is about fingers between the page and the screen',
  translations: 'builds images here, from the network',
  uninstall: 'removes the installation of this machine',
  upgrade: 'upgrades the installation of this machine',
  video: 'a cluster has the service only where it is configured; its contract encodes a screen there',
};

export interface Journeys {
  readonly onCluster: readonly string[];
  /** Name → reason. */
  readonly here: Readonly<Record<string, string>>;
}

/** `paths` are relative to the repository. Throws for a name that no longer exists. */
export function journeysOf(paths: readonly string[]): Journeys {
  const pathOf = (name: string): string => `test/e2e/${name}.test.ts`;
  const gone = Object.keys(ONE_MACHINE).filter((name) => !paths.includes(pathOf(name)));
  if (gone.length > 0) throw new Error(`test/kubernetes/journeys.ts names ${gone.join(', ')}, which no longer exists`);
  const here = new Set(Object.keys(ONE_MACHINE).map(pathOf));
  return { onCluster: paths.filter((path) => !here.has(path)), here: ONE_MACHINE };
}
