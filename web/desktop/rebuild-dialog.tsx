/** Asks when to rebuild the desktop without its finished containers: now, or once it's unattended. */
import { api } from '../state/api.ts';
import { attempt } from '../state/notices.ts';
import { running } from '../state/store.ts';
import { ConfirmDialog } from '../layers/confirm-dialog.tsx';
import { closeAllLayers, closeLayer } from '../layers/layers.ts';
import { t } from '../ui/strings/catalogue.ts';
import { HomeFate, useHomeLoss } from './home-files.tsx';

/** On success the layers close: the start of the new desktop is shown next. */
export async function rebuildNow(): Promise<void> {
  if (await attempt(() => api.desktop.rebuild('now'))) closeAllLayers();
}

async function rebuildWhenAway(): Promise<void> {
  if (await attempt(() => api.desktop.rebuild('idle'))) closeLayer('rebuild');
}

export function RebuildDialog() {
  const loss = useHomeLoss();
  // While the user is away, files created since then couldn't be saved.
  const canWait = loss === null || (loss.found.state === 'loaded' && loss.found.value.count === 0);
  return (
    <ConfirmDialog
      kind="rebuild"
      title={t.rebuild.title}
      wide
      actions={[
        { label: t.rebuild.now, run: rebuildNow, test: 'rebuild-now' },
        { label: t.rebuild.idle, style: 'primary', disabled: !canWait, run: rebuildWhenAway, test: 'rebuild-idle' },
      ]}
    >
      <p>{t.rebuild.text(running.value.length)}</p>
      <HomeFate loss={loss} />
      <p>{canWait ? t.rebuild.idleText : t.home.notIdle}</p>
    </ConfirmDialog>
  );
}
