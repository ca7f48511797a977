/** Starts the user's desktop, and keeps its theme like the page's. */
import { ApiError } from '#client/errors.ts';
import type { DesktopRequest } from '#protocol/desktop.ts';
import type { Scale } from '#protocol/scale.ts';
import { errorText } from '../ui/error-text.ts';
import { languagesForDesktop } from '../ui/language.ts';
import { shownTheme } from '../ui/theme.ts';
import { api } from './api.ts';
import { attempt } from './notices.ts';
import { preferencesRead } from './preferences.ts';
import { expired } from './session.ts';
import { asking, world } from './store.ts';

type Size = Pick<DesktopRequest, 'width' | 'height'>;

/** Requests the desktop in the size of the window; progress arrives as events. The scale depends on preferences. */
export async function startDesktop({ width, height }: Size, scale: () => Scale): Promise<void> {
  asking.value = true;
  // The desktop's language is one of them.
  await preferencesRead();
  try {
    const found = await api.desktop.start({
      width,
      height,
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      languages: languagesForDesktop(),
      dark: shownTheme.value === 'dark',
      scale: scale(),
    });
    world.value = { ...world.value, desktop: found };
  } catch (error) {
    if (expired(error)) return;
    const remedy = error instanceof ApiError && error.remedy ? { remedy: error.remedy } : {};
    const status = {
      state: 'failed' as const,
      reason: error instanceof ApiError ? error.message : errorText(error),
      ...remedy,
    };
    world.value = {
      ...world.value,
      desktop: { id: null, status, trace: null, place: null, entries: { finished: 0, most: null }, home: null },
    };
  } finally {
    asking.value = false;
  }
}

/** Keeps the theme of the desktop's windows in sync with the shell. The first theme is part of the start request. */
export function desktopFollowsTheme(): () => void {
  let sent = shownTheme.peek();
  return shownTheme.subscribe((theme) => {
    if (theme === sent) return;
    sent = theme;
    void attempt(() => api.desktop.theme(theme === 'dark'));
  });
}
