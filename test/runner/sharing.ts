/** Which test files cannot run beside any other, or only in the first of the tests' installations, and why. */

/** These need the machine for themselves. */
export const ALONE: Readonly<Record<string, string>> = {
  'e2e/streams': 'moves so much data that others would time out',
  'e2e/streams-docker': 'moves so much data that others would time out',
  'e2e/uninstall': 'compares everything on this machine before and after',
  'e2e/upgrade': 'replaces for a while the images that the other installations read',
  'e2e/web-shell': 'moves so much data that others would time out',
};

/** These need the installation that owns the images; the others only read its images. The longest first. */
export const FIRST: Readonly<Record<string, string>> = {
  'integration/engine-docker': 'keeps the images of its own store in this data folder',
  'e2e/installation': 'copies the images to another installation',
  'e2e/catalogue': 'builds, tags and removes images',
  'e2e/faults-limits': 'tags an image',
  'e2e/tasks': 'removes an image and builds it again',
  'e2e/translations': 'builds images',
  'e2e/alsa': 'builds an image',
  'e2e/open-with': 'builds images of apps',
  'e2e/store': 'builds the images of apps',
  'e2e/pwa': 'builds the image of an app',
  'e2e/processes': 'sets up the machine, which builds missing images',
  'integration/service-images': 'builds images',
};

/** The longest of the others: one that starts late would delay the end. */
export const LONGEST = [
  'integration/engine-podman',
  'e2e/debug-approval',
  'e2e/debug',
  'e2e/edge',
  'e2e/faults-server',
  'integration/store-postgres',
  'integration/engine-restart',
];

export interface Shared {
  readonly sideBySide: readonly string[];
  readonly alone: readonly string[];
}

/** In the order in which they start. The paths are relative to the repository. */
export function shared(paths: readonly string[]): Shared {
  const alone = paths.filter((path) => nameOf(path) in ALONE);
  const early = [...Object.keys(FIRST), ...LONGEST].flatMap((name) => paths.filter((path) => nameOf(path) === name));
  const others = paths.filter((path) => !alone.includes(path) && !early.includes(path));
  return { sideBySide: [...early, ...others], alone };
}

/** Files that need the first installation run one at a time, so that none waits for it in a place of another. */
export function groupOf(path: string): string | null {
  return needsFirst(path) ? 'first installation' : null;
}

export function needsFirst(path: string): boolean {
  return nameOf(path) in FIRST;
}

/** `/…/test/e2e/tasks.test.ts` → `e2e/tasks`; unchanged if it is none of the tests'. */
function nameOf(path: string): string {
  return /([^/]+\/[^/]+)\.test\.ts$/.exec(path)?.[1] ?? path;
}
