/** The page of one app, `/app/NAME`: starts the app or, if it runs, raises its window. */
import type { App } from '#protocol/app.ts';
import { effect, untracked } from '@preact/signals';
import { say } from '../state/notices.ts';
import { apps, desktop, running, windows, world } from '../state/store.ts';
import { t } from '../ui/strings/catalogue.ts';
import { serverUrl } from '../ui/server-url.ts';
import { actOnWindow, runApp } from './actions.ts';
import { appInAddress } from './app-name.ts';

/**
 * Once, as soon as the desktop runs. `openFiles` opens the files with which the browser has started the page, if there are
 * any. Returns a function that stops it.
 */
export function openAppOfAddress(openFiles: (app: App) => boolean): () => void {
  const name = appInAddress(location.pathname, serverUrl('').pathname);
  if (name === null) return () => {};
  let isDone = false;
  const done = (act: () => void): void => {
    isDone = true;
    // Outside the effect, which must not follow what the action reads.
    queueMicrotask(act);
  };
  return effect(() => {
    const { known } = world.value;
    if (isDone || !known.apps || !known.launches || desktop.value?.status.state !== 'running') return;
    const app = apps.value.find((one) => one.name === name);
    if (app === undefined) return done(() => say('error', t.openWith.noApp(name)));
    const opened = untracked(() => openFiles(app));
    const ids = running.value.filter(({ appId }) => appId === app.id).map(({ id }) => id);
    if (opened) return done(() => showAs(app.name, app.displayName));
    if (ids.length === 0) {
      return done(() => {
        showAs(app.name, app.displayName);
        void runApp(app);
      });
    }
    const window = windows.value.find(({ launchId }) => launchId !== null && ids.includes(launchId));
    if (window === undefined) return;
    done(() => {
      showAs(app.name, app.displayName);
      void actOnWindow(window.id, { action: 'activate' });
    });
  });
}

/** Title, and the manifest with which the browser installs the page as this app. */
function showAs(name: string, title: string): void {
  document.title = title;
  const manifest = serverUrl(`api/v1/apps/manifest?app=${encodeURIComponent(name)}`);
  document.querySelector('link[rel="manifest"]')?.setAttribute('href', manifest.href);
}
