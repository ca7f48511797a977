/** Asks before a desktop is removed, and offers the way that keeps it. */
import { useState } from 'preact/hooks';
import { attempt } from '../state/notices.ts';
import { disconnect, logout } from '../state/session.ts';
import { running } from '../state/store.ts';
import { LayerFrame } from '../ui/layer.tsx';
import { closeLayer } from '../ui/layers.ts';
import { t } from '../ui/strings/catalogue.ts';

export function Logout() {
  const [busy, setBusy] = useState(false);
  const go = async (way: () => Promise<void>) => {
    setBusy(true);
    if (!(await attempt(way))) setBusy(false);
  };
  return (
    <LayerFrame kind="logout" label={t.logout.title} role="alertdialog" look="dialog" dim>
      <h2>{t.logout.title}</h2>
      <p>{t.logout.text(running.value.length)}</p>
      <div class="ends">
        <button
          type="button"
          class="quiet"
          disabled={busy}
          onClick={() => closeLayer('logout')}
          data-autofocus
          data-test="logout-cancel"
        >
          {t.cancel}
        </button>
        <button type="button" disabled={busy} onClick={() => void go(disconnect)}>
          {t.logout.instead}
        </button>
        <button type="button" class="danger" disabled={busy} onClick={() => void go(logout)} data-test="logout-confirm">
          {t.logout.confirm}
        </button>
      </div>
    </LayerFrame>
  );
}
