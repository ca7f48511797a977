/** What the user does in the app store. */
import type { App } from '#protocol/app.ts';
import type { StoreApp } from '#protocol/app-store.ts';
import { runApp } from '../apps/actions.ts';
import { closeLayer, openLayer } from '../layers/layers.ts';
import { api } from '../state/api.ts';
import { attempt, sayAbout } from '../state/notices.ts';
import { apps } from '../state/store.ts';
import { t } from '../ui/strings/catalogue.ts';

export const installApp = ({ id }: StoreApp): Promise<boolean> => attempt(() => api.apps.install(id));
export const updateApp = ({ id }: StoreApp): Promise<boolean> => attempt(() => api.apps.update(id));
/** What is not installed yet needs no question. */
export const stopInstalling = ({ id }: StoreApp): Promise<boolean> => attempt(() => api.apps.remove(id));

/** The installed app, if this user can start it. */
export function appOf({ id }: StoreApp): App | null {
  return apps.value.find((app) => app.id === id) ?? null;
}

export function openApp(app: App): void {
  closeLayer('app-store', true);
  void runApp(app);
}

export function askToRemove(app: StoreApp): void {
  openLayer({ kind: 'remove-app', app });
}

/** After it was removed: while its image is there, it can be put back at once. */
export function offerUndo(app: StoreApp): void {
  const undo = { label: t.files.undo, run: () => void installApp(app) };
  sayAbout('app-store', 'info', t.appStore.removed(app.displayName), undo);
}
