/** An app as the app store shows it. Pure. */
import type { App, AppAvailability } from '#protocol/app.ts';
import type { StoreApp, StoreAppState } from '#protocol/app-store.ts';
import type { AppDocument } from '#protocol/manager.ts';
import { overdueDays } from './age.ts';
import type { ImageFacts } from './images.ts';
import type { AppOffer } from './offers.ts';
import type { UpdateState } from './updates.ts';

/** Where the server answers pictures. */
const PICTURE_PATH = '/api/v1/apps/picture';

/** `image`: of an app that this server builds, if it is there. */
export function storeStateOf(
  availability: AppAvailability,
  update: UpdateState | null,
  image: ImageFacts | null,
  now: Date,
): StoreAppState {
  switch (availability.state) {
    case 'installing':
      return availability;
    case 'unavailable':
      return { state: 'failed', reason: availability.reason, installed: false };
    case 'not_installed':
      return { state: 'available' };
    case 'ready':
      if (update?.state === 'updating') return update;
      if (update?.state === 'failed') return { ...update, installed: true };
      if (image?.outdated) return { state: 'outdated', why: 'recipe' };
      if (image?.builtAt && overdueDays(image.builtAt, now) !== null) return { state: 'outdated', why: 'age' };
      return { state: 'installed' };
    default:
      return availability satisfies never;
  }
}

export function toStoreApp(
  app: App,
  {
    document,
    offer,
    facts,
    ...more
  }: {
    readonly document: AppDocument;
    readonly offer: AppOffer | null;
    readonly facts: ImageFacts | null;
  } & Pick<StoreApp, 'listed' | 'installedBy' | 'may' | 'state'>,
): StoreApp {
  const { id, name, displayName, description, keywords, categories, runtime, iconUrl, opens } = app;
  return {
    ...{ id, name, displayName, description, keywords, categories, runtime, iconUrl, opens },
    pictureUrl: pictureUrl(id, offer),
    licence: offer?.licence ?? null,
    version: offer?.version ?? (offer === null ? tagOf(id) : null),
    bytes: facts?.bytes ?? null,
    expectedBytes: offer?.installBytes ?? null,
    builtAt: facts?.builtAt?.toISOString() ?? null,
    acl: document.acl,
    ours: offer !== null,
    ...more,
  };
}

function pictureUrl(id: string, offer: AppOffer | null): string | null {
  if (offer?.picture == null) return null;
  return `${PICTURE_PATH}?app=${encodeURIComponent(id)}&v=${offer.picture.version}`;
}

/** `registry:5000/apps/firefox.d:4.4` → `4.4`; null for `latest`, and for a digest. */
function tagOf(id: string): string | null {
  const [, tag] = /:([^/:@]+)$/.exec(id) ?? [];
  return id.includes('@') || tag === undefined || tag === 'latest' ? null : tag;
}
