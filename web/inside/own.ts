/** Opens Look inside for the user's own desktop, or for one of their launches. */
import type { Launch } from '#protocol/launch.ts';
import { say } from '../state/notices.ts';
import { desktop, session } from '../state/store.ts';
import { closeLayer, openLayer } from '../ui/layers.ts';
import { t } from '../ui/strings/catalogue.ts';

export function insideOwn(): void {
  const desktopId = desktop.value?.id;
  const userId = session.value?.user.id;
  if (desktopId && userId) return openLayer({ kind: 'inside', of: { desktopId, userId, launchId: null } });
  closeLayer('search');
  closeLayer('menu');
  return say('info', t.start.endedTitle);
}

export function insideLaunch({ desktopId, userId, id }: Launch): void {
  openLayer({ kind: 'inside', of: { desktopId, userId, launchId: id } });
}
