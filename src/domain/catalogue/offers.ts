/**
 * Offers: the apps that come with the product, whether or not they are in the catalogue. What only the app store needs is
 * in labels that catalogue entries don't have. Pure.
 */
import { z } from 'zod';
import type { AppDocument } from '#protocol/manager.ts';

const MB = 1024 ** 2;

/** An absent `oc.install` puts the app into the catalogue when the server first starts. */
export const OfferLabels = z.object({
  'oc.install': z.literal('optional').optional(),
  /** About how large the image will be, in MB, before it is built. */
  'oc.installsize': z
    .string()
    .regex(/^[1-9]\d{0,5}$/, 'is not a number of MB')
    .optional(),
  'oc.licence': z.string().min(1).optional(),
  'oc.version': z.string().min(1).optional(),
});

export interface OfferFacts {
  /** Not in the catalogue until somebody installs it. */
  readonly optional: boolean;
  readonly licence: string | null;
  readonly version: string | null;
  /** An estimate. */
  readonly installBytes: number | null;
}

export interface OfferPicture {
  /** Of its content, so that browsers may keep it. */
  readonly version: string;
  readonly type: 'image/png' | 'image/jpeg' | 'image/webp';
  read(): Promise<Uint8Array>;
}

export interface AppOffer extends OfferFacts {
  /** Its catalogue entry. */
  readonly document: AppDocument;
  /** What the app looks like. */
  readonly picture: OfferPicture | null;
}

/** Labels that can't be used count as absent; a test reads those of the product's recipes. */
export function offerFacts(labels: Readonly<Record<string, string>>): OfferFacts {
  const shape = OfferLabels.shape;
  const read = (label: keyof typeof shape): string | null => shape[label].safeParse(labels[label]).data ?? null;
  const size = read('oc.installsize');
  return {
    optional: read('oc.install') !== null,
    licence: read('oc.licence'),
    version: read('oc.version'),
    installBytes: size === null ? null : Number(size) * MB,
  };
}

/** Those of which the catalogue has no entry, of this id or, imported from elsewhere, of this name. */
export function notIn(documents: readonly AppDocument[], offers: readonly AppOffer[]): readonly AppOffer[] {
  const ids = new Set(documents.map(({ id }) => id));
  const names = new Set(documents.map(({ name }) => name));
  return offers.filter(({ document: { id, name } }) => !ids.has(id) && !names.has(name));
}
