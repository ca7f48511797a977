/** The apps that have recipes under images/apps. */
import { join } from 'node:path';
import { planImages, type PlannedImage } from '#containers-client/images/plan.ts';
import { offerFacts } from '#domain/catalogue/offers.ts';
import type { DescribedApp } from './page.ts';

export const ROOT = join(import.meta.dirname, '../..');

export function recipes(): PlannedImage[] {
  return planImages(join(ROOT, 'images'), {}, new Map()).filter(({ labels }) => labels['oc.type'] === 'app');
}

export function described({ name, labels }: PlannedImage): DescribedApp {
  return {
    name,
    displayName: labels['oc.displayname'] ?? name,
    comment: labels['oc.comment'] ?? '',
    optional: offerFacts(labels).optional,
    license: labels['oc.licence'] ?? '',
  };
}
