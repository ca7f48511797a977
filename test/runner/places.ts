/** The installations of the tests: data folder and run folder. Files that run side by side have one each. */
import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Never the user's: images are kept in it between runs, everything else is removed. */
const DATA = process.env['DESKPOD_TEST_DATA'] ?? '/var/lib/deskpod-test';
const RUN = process.env['DESKPOD_TEST_RUN'] ?? '/run/deskpod-test';

export interface TestPlaces {
  readonly data: string;
  readonly run: string;
  /** Null for the first, which owns the images; the others read them through this link. */
  readonly images: string | null;
}

/** `number` starts with 1. */
export function placesOf(number: number): TestPlaces {
  if (number === 1) return { data: DATA, run: RUN, images: null };
  // Podman's processes name the store of images, and tests find an installation's processes by its folders: so it has a
  // path in each of them.
  const data = `${DATA}-${number}`;
  return { data, run: `${RUN}-${number}`, images: join(data, 'images') };
}

/** For a test file, and all that it starts. */
export function environmentOf({ data, run, images }: TestPlaces): NodeJS.ProcessEnv {
  return {
    DESKPOD_TEST_DATA: data,
    DESKPOD_TEST_RUN: run,
    // Read by Podman.
    ...(images === null ? {} : { STORAGE_OPTS: `overlay.imagestore=${images}` }),
  };
}

/** What users of an earlier test file haven't read yet would cover the pages of the next one. */
export async function removeDatabase({ data }: TestPlaces): Promise<void> {
  for (const file of ['deskpod.db', 'deskpod.db-shm', 'deskpod.db-wal']) await rm(join(data, file), { force: true });
}

/** Creates the folder, without the database of an earlier run. */
export async function preparePlaces(places: TestPlaces): Promise<void> {
  const { data, images } = places;
  await mkdir(data, { recursive: true, mode: 0o711 });
  await removeDatabase(places);
  if (images === null) return;
  await rm(images, { force: true });
  await symlink(join(DATA, 'engine/store'), images);
}
