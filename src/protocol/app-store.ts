/** The app store: every app that can be had, installed or not. */
import { z } from 'zod';
import { App } from './app.ts';
import { Acl } from './manager.ts';

export const StoreAppState = z.discriminatedUnion('state', [
  z.object({ state: z.literal('available') }),
  z.object({ state: z.literal('installing'), step: z.string(), startedAt: z.iso.datetime() }),
  z.object({ state: z.literal('installed') }),
  /** `recipe`: it was changed since the image was built. `age`: Debian has published security updates since. */
  z.object({ state: z.literal('outdated'), why: z.enum(['recipe', 'age']) }),
  /** The installed version can be used meanwhile. */
  z.object({ state: z.literal('updating'), step: z.string(), startedAt: z.iso.datetime() }),
  /** `installed`: only the update failed, and the installed version can be used. */
  z.object({ state: z.literal('failed'), reason: z.string(), installed: z.boolean() }),
]);
export type StoreAppState = z.infer<typeof StoreAppState>;

export const StoreApp = App.pick({
  id: true,
  name: true,
  displayName: true,
  description: true,
  keywords: true,
  categories: true,
  runtime: true,
  iconUrl: true,
  opens: true,
}).extend({
  /** Of a picture of the app; null if there is none. */
  pictureUrl: z.string().nullable(),
  licence: z.string().nullable(),
  version: z.string().nullable(),
  /** Size of the image, with the layers that it shares with others; null before it is there. */
  bytes: z.number().nullable(),
  /** An estimate of that. */
  expectedBytes: z.number().nullable(),
  builtAt: z.iso.datetime().nullable(),
  acl: Acl,
  /** It comes with Deskpod. Others were imported. */
  ours: z.boolean(),
  /** Whether it is in the catalogue, so that users can start it. */
  listed: z.boolean(),
  /** The id of who installed it; null if it was there from the beginning or imported, or if that isn't the caller's business. */
  installedBy: z.string().nullable(),
  /** What the caller may do with it. */
  may: z.object({ install: z.boolean(), update: z.boolean(), remove: z.boolean() }),
  state: StoreAppState,
});
export type StoreApp = z.infer<typeof StoreApp>;

export const AppStoreFacts = z.object({
  /** What the caller may do: everything, install apps and change those, or only look. */
  rights: z.enum(['all', 'own', 'none']),
  /** How many apps the caller can have installed; null for no limit. */
  perUser: z.number().nullable(),
  /** The registry from which images come; null where they are built. */
  registry: z.string().nullable(),
});
export type AppStoreFacts = z.infer<typeof AppStoreFacts>;

export const AppStoreList = AppStoreFacts.extend({ apps: z.array(StoreApp) });
export type AppStoreList = z.infer<typeof AppStoreList>;

/** All apps first, and again when one is no longer to be had; otherwise the one that changed. */
export const AppStoreEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('apps'), store: AppStoreList }),
  z.object({ type: z.literal('app'), app: StoreApp }),
]);
export type AppStoreEvent = z.infer<typeof AppStoreEvent>;

/** `force`: also while it runs. */
export const RemoveApp = z.object({ app: z.string().min(1).max(512), force: z.boolean().default(false) });
