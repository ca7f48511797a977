/** Opens *Inspect* for the user's own desktop or one of their launches. */
import type { Launch } from '#protocol/launch.ts';
import { say } from '../state/notices.ts';
import { desktop, session } from '../state/store.ts';
import { closeLayer, openLayer } from '../layers/layers.ts';
import { t } from '../ui/strings/catalogue.ts';

export function inspectOwnDesktop(): void {
  const desktopId = desktop.value?.id;
  const userId = session.value?.user.id;
  if (desktopId && userId) return openLayer({ kind: 'inspect', target: { desktopId, userId, launchId: null } });
  closeLayer('search');
  closeLayer('menu');
  return say('info', t.start.endedTitle);
}

export function inspectLaunch({ desktopId, userId, id }: Launch): void {
  openLayer({ kind: 'inspect', target: { desktopId, userId, launchId: id } });
}
