/**
 * The apps that come with the product, for the catalogue and the app store: on one machine those with a recipe, which is
 * built; in a cluster those of the catalogue files, whose images are pushed to its registry.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Config } from '#config/config.ts';
import { planImages, type PlannedImage } from '#containers-client/images/plan.ts';
import { type AppOffer, offerFacts, type OfferPicture } from '#domain/catalogue/offers.ts';
import { documentOfOwn, type OwnImage, withVariants } from '#domain/catalogue/own-apps.ts';
import { exportedApps } from '#setup/own-apps.ts';

/** A picture of the app, in the folder of its recipe, or among those of the documentation. */
const PICTURES = [
  ['png', 'image/png'],
  ['webp', 'image/webp'],
  ['jpg', 'image/jpeg'],
] as const;

export interface AppsToInstall {
  /** Of recipes. */
  readonly own: readonly OwnImage[];
  readonly offers: readonly AppOffer[];
}

/** `root` has `images`, or in the server's own image only `catalogue`. */
export function appsToInstall({ engine }: Pick<Config, 'engine'>, root: string): AppsToInstall {
  if (engine.kind === 'kubernetes') {
    const offers = exportedApps(root, engine.images.registry).map(({ document, labels }) => ({
      document,
      ...offerFacts(labels),
      picture: pictureOf(root, [], document.name),
    }));
    return { own: [], offers };
  }
  const own = planImages(join(root, 'images'), {}, new Map()).filter(({ labels }) => labels['oc.type'] === 'app');
  return { own, offers: withVariants(own).map((image) => offerOf(root, image)) };
}

function offerOf(root: string, image: PlannedImage): AppOffer {
  const picture = pictureOf(root, [image.folder], basename(image.folder));
  return { document: documentOfOwn(image), ...offerFacts(image.labels), picture };
}

function pictureOf(root: string, folders: readonly string[], name: string): OfferPicture | null {
  for (const [ending, type] of PICTURES) {
    const places = folders.map((folder) => join(folder, `screenshot.${ending}`));
    places.push(join(root, 'docs/screenshots/apps', `${name}.${ending}`));
    const file = places.find((path) => existsSync(path));
    if (file === undefined) continue;
    const version = createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 12);
    return { version, type, read: () => readFile(file) };
  }
  return null;
}
