/** Offers to make the desktop anew without what piled up in it, with the same apps: now, or when nobody looks at it. */
import { useState } from 'preact/hooks';
import { api } from '../state/api.ts';
import { attempt } from '../state/notices.ts';
import { running } from '../state/store.ts';
import { LayerFrame } from '../ui/layer.tsx';
import { closeAllLayers, closeLayer } from '../ui/layers.ts';
import { t } from '../ui/strings/catalogue.ts';

export function Compact() {
  const [busy, setBusy] = useState(false);
  const ask = async (when: 'now' | 'idle') => {
    setBusy(true);
    const asked = await attempt(() => api.desktop.compact(when));
    setBusy(false);
    if (!asked) return;
    // What is on show then is the start of the new one.
    if (when === 'now') closeAllLayers();
    else closeLayer('compact');
  };
  return (
    <LayerFrame kind="compact" label={t.compact.title} role="alertdialog" look="dialog wide" dim>
      <h2>{t.compact.title}</h2>
      <p>{t.compact.text(running.value.length)}</p>
      <p>{t.compact.idleText}</p>
      <div class="ends">
        <button
          type="button"
          class="quiet"
          disabled={busy}
          onClick={() => closeLayer('compact')}
          data-autofocus
          data-test="compact-cancel"
        >
          {t.cancel}
        </button>
        <button type="button" disabled={busy} onClick={() => void ask('now')} data-test="compact-now">
          {t.compact.now}
        </button>
        <button type="button" class="primary" disabled={busy} onClick={() => void ask('idle')} data-test="compact-idle">
          {t.compact.idle}
        </button>
      </div>
    </LayerFrame>
  );
}
