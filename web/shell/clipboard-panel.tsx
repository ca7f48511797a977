/** What was copied: in the desktop, if the browser didn't allow to copy it here at once, and earlier, if that is kept. */
import { useEffect, useState } from 'preact/hooks';
import { copyEarlier, copyWaitingForms, fillCopy, waitingForms } from '../screen/clipboard-forms.ts';
import { earlier } from '../screen/clipboard-history.ts';
import type { Copied } from '../screen/copied.ts';
import { LayerFrame } from '../layers/layer-frame.tsx';
import { closeLayer } from '../layers/layers.ts';
import { t } from '../ui/strings/catalogue.ts';
import './clipboard-panel.css';

export function ClipboardPanel() {
  const waiting = waitingForms.value;
  const others = earlier.value.filter(({ copied }) => copied !== waiting);
  return (
    <LayerFrame
      kind="clipboard"
      label={t.clipboard.open}
      class="clipboard-panel"
      style={{ insetInlineEnd: '8px', top: '42px' }}
    >
      {waiting !== null && (
        <section data-test="clipboard-waiting">
          <h2>{t.clipboard.fromDesktop}</h2>
          <Entry copied={waiting} copy={copyWaitingForms} />
        </section>
      )}
      {others.length > 0 && (
        <section data-test="clipboard-earlier">
          <h2>{t.clipboard.earlier}</h2>
          {others.map(({ key, copied }) => (
            <Entry key={key} copied={copied} copy={() => copyEarlier(copied)} />
          ))}
        </section>
      )}
      {waiting === null && others.length === 0 && <p class="small">{t.clipboard.empty}</p>}
    </LayerFrame>
  );
}

function Entry({ copied, copy }: { copied: Copied; copy: () => Promise<boolean> }) {
  const [refused, setRefused] = useState(false);
  useEffect(() => {
    if (!refused) return undefined;
    const fill = (event: ClipboardEvent) => fillCopy(event, copied);
    document.addEventListener('copy', fill);
    return () => document.removeEventListener('copy', fill);
  }, [refused, copied]);
  const run = async () => {
    if (await copy()) closeLayer('clipboard', true);
    else setRefused(true);
  };
  return (
    <div class="clipboard-entry" data-test="clipboard-entry">
      <Preview copied={copied} />
      <button type="button" class="primary" onClick={() => void run()} data-test="clipboard-entry-copy">
        {t.copy}
      </button>
      {refused && (
        <p class="small" role="alert" data-test="clipboard-by-hand">
          {t.clipboard.copyByHand}
        </p>
      )}
    </div>
  );
}

function Preview({ copied: { text, html, picture } }: { copied: Copied }) {
  const [url, setUrl] = useState('');
  useEffect(() => {
    if (picture === null) return undefined;
    const made = URL.createObjectURL(picture);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [picture]);
  if (picture !== null) return url === '' ? null : <img src={url} alt={t.clipboard.picture} />;
  return (
    <p class="clipboard-text">
      {(text ?? new DOMParser().parseFromString(html ?? '', 'text/html').body.textContent ?? '').slice(0, 400)}
    </p>
  );
}
