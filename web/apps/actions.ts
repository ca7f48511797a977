/** The user's actions on apps, launches and windows, for every part of the UI. */
import { ApiError } from '#client/errors.ts';
import type { App, Runtime } from '#protocol/app.ts';
import type { Launch, LaunchCommand } from '#protocol/launch.ts';
import type { WindowAction } from '#protocol/window.ts';
import { effect } from '@preact/signals';
import { api } from '../state/api.ts';
import { attempt, say } from '../state/notices.ts';
import { changePreferences } from '../state/preferences.ts';
import { apps, launches, preferences, windows, world } from '../state/store.ts';
import { changeWorld, isOver } from '../state/world.ts';
import { openLayer } from '../layers/layers.ts';
import { t } from '../ui/strings/catalogue.ts';
import { movedPin, pinsOf } from './dock-entries.ts';

/** Apps to open as soon as they are installed. */
const wanted = new Map<string, Runtime | undefined>();

/** Starts an app, installing it first if necessary. */
export async function runApp(app: App, runtime?: Runtime): Promise<void> {
  const { availability } = app;
  if (availability.state === 'unavailable')
    return say('error', t.notices.unavailable(app.displayName, availability.reason));
  if (availability.state === 'ready') return begin(app.id, runtime);
  wanted.set(app.id, runtime);
  if (availability.state === 'installing') return;
  say('info', t.notices.installing(app.displayName));
  if (!(await attempt(() => api.apps.install(app.id)))) wanted.delete(app.id);
}

async function begin(app: string, runtime?: Runtime): Promise<void> {
  await attemptLaunch((wanted) => api.launches.start({ app, ...(wanted ? { runtime: wanted } : {}) }), runtime);
}

/** Null if it failed, with a notice. If the desktop is full, a dialog offers to rebuild it or use a pod. */
async function attemptLaunch(
  send: (runtime: Runtime | undefined) => Promise<Launch>,
  runtime: Runtime | undefined,
): Promise<Launch | null> {
  let started: Launch | null = null;
  await attempt(async () => {
    try {
      started = await send(runtime);
      learn(started);
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 'limit_reached') || runtime === 'pod_application') throw error;
      const asPod = async () => (await attemptLaunch(send, 'pod_application')) !== null;
      openLayer({ kind: 'desktop-full', reason: error.message, asPod });
    }
  });
  return started;
}

/** The reply may arrive before the event: the dock shows the launch at once. */
export function learn(launch: Launch): void {
  if (!launches.value.some(({ id }) => id === launch.id))
    world.value = changeWorld(world.value, { type: 'launch', launch });
}

/** Opens apps once they are installed, or reports why they can't be. */
export function openWhenInstalled(): () => void {
  return effect(() => {
    for (const { id, displayName, availability } of apps.value) {
      if (!wanted.has(id)) continue;
      if (availability.state === 'ready') {
        const runtime = wanted.get(id);
        wanted.delete(id);
        void begin(id, runtime);
      } else if (availability.state === 'unavailable') {
        wanted.delete(id);
        say('error', t.notices.unavailable(displayName, availability.reason));
      }
    }
  });
}

export async function runAgain(launch: Launch, changed: LaunchCommand = {}): Promise<Launch | null> {
  return attemptLaunch(
    (runtime) => api.launches.again(launch.id, { ...changed, ...(runtime ? { runtime } : {}) }),
    changed.runtime,
  );
}

export async function stopLaunch(id: string): Promise<void> {
  await attempt(() => api.launches.stop(id));
}

export async function stopApp(appId: string): Promise<void> {
  const own = launches.value.filter((launch) => launch.appId === appId && !isOver(launch));
  await Promise.all(own.map(({ id }) => stopLaunch(id)));
}

export async function actOnWindow(id: number, action: WindowAction): Promise<void> {
  await attempt(() => api.windows.act(id, action));
}

/** Acts on the window that has the focus in the desktop, if any. */
export async function placeActive(placement: 'left' | 'right' | 'maximise' | 'restore'): Promise<void> {
  const active = windows.value.find((window) => window.active);
  if (active) await actOnWindow(active.id, { action: 'place', placement });
}

export function isPinned(appId: string): boolean {
  return pinsOf(preferences.value.dock, apps.value).includes(appId);
}

export function togglePin(appId: string): void {
  const pins = pinsOf(preferences.value.dock, apps.value);
  const dock = isPinned(appId) ? pins.filter((id) => id !== appId) : [...pins, appId];
  changePreferences({ dock: [...dock] });
}

export function movePin(appId: string, index: number): void {
  changePreferences({ dock: [...movedPin(pinsOf(preferences.value.dock, apps.value), appId, index)] });
}
