/** Asks before the desktop is made anew, and what to do when it takes no more launches. */
import { useState } from 'preact/hooks';
import { screenSize } from '../screen/size.ts';
import { attempt } from '../state/notices.ts';
import { rebuildDesktop } from '../state/session.ts';
import { running } from '../state/store.ts';
import { LayerFrame } from '../ui/layer.tsx';
import { closeAllLayers, closeLayer } from '../ui/layers.ts';
import { t } from '../ui/strings/catalogue.ts';

export function Rebuild() {
  return (
    <LayerFrame kind="rebuild" label={t.rebuild.title} role="alertdialog" look="dialog" dim>
      <h2>{t.rebuild.title}</h2>
      <p>{t.rebuild.text(running.value.length)}</p>
      <div class="ends">
        <button
          type="button"
          class="quiet"
          onClick={() => closeLayer('rebuild')}
          data-autofocus
          data-test="rebuild-cancel"
        >
          {t.cancel}
        </button>
        <button type="button" class="danger" onClick={rebuild} data-test="rebuild-confirm">
          {t.rebuild.button}
        </button>
      </div>
    </LayerFrame>
  );
}

interface Full {
  /** What the server said. */
  readonly reason: string;
  /** The same request as a pod; resolves to whether it worked. */
  readonly asPod: () => Promise<boolean>;
}

export function DesktopFull({ reason, asPod }: Full) {
  const [busy, setBusy] = useState(false);
  const pod = async () => {
    setBusy(true);
    const worked = await asPod();
    // The form that asked for it, when it was one.
    if (worked) closeLayer('again');
    closeLayer('desktop-full', true);
  };
  return (
    <LayerFrame kind="desktop-full" label={t.rebuild.fullTitle} role="alertdialog" look="dialog wide" dim>
      <h2>{t.rebuild.fullTitle}</h2>
      <p class="wrapping">{reason}</p>
      <p>{t.rebuild.text(running.value.length)}</p>
      <div class="ends">
        <button type="button" class="quiet" disabled={busy} onClick={() => closeLayer('desktop-full')}>
          {t.cancel}
        </button>
        <button type="button" class="danger" disabled={busy} onClick={rebuild} data-test="full-rebuild">
          {t.rebuild.button}
        </button>
        <button
          type="button"
          class="primary"
          disabled={busy}
          onClick={() => void pod()}
          data-autofocus
          data-test="full-pod"
        >
          {t.rebuild.asPod}
        </button>
      </div>
    </LayerFrame>
  );
}

/** What is on show then is the start of the new one. */
function rebuild(): void {
  closeAllLayers();
  void attempt(() => rebuildDesktop(screenSize()));
}
