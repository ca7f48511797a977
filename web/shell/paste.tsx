/** A field to paste text into if the browser doesn't share its clipboard. */
import { useRef } from 'preact/hooks';
import { sendText, sentNotice } from '../screen/control.ts';
import { isMac } from '../screen/platform.ts';
import { say } from '../state/notices.ts';
import { LayerFrame } from '../layers/layer-frame.tsx';
import { closeLayer } from '../layers/layers.ts';
import { isTouch } from '../ui/pointer.ts';
import { t } from '../ui/strings/catalogue.ts';

export function Paste() {
  const field = useRef<HTMLTextAreaElement>(null);
  const send = (text: string) => {
    if (text === '') return;
    if (!sendText(text)) return;
    closeLayer('paste');
    say('info', sentNotice());
  };
  return (
    <LayerFrame kind="paste" label={t.clipboard.paste} class="dialog" dim>
      <h2>{t.clipboard.paste}</h2>
      <p class="small">{hint()}</p>
      <textarea
        ref={field}
        rows={5}
        aria-label={t.clipboard.pasteField}
        data-autofocus
        onPaste={(event) => {
          event.preventDefault();
          send(event.clipboardData?.getData('text/plain') ?? '');
        }}
        data-test="paste-field"
      />
      <div class="ends">
        <button type="button" class="quiet" onClick={() => closeLayer('paste')}>
          {t.cancel}
        </button>
        <button type="button" class="primary" onClick={() => send(field.current?.value ?? '')} data-test="paste-send">
          {t.clipboard.send}
        </button>
      </div>
    </LayerFrame>
  );
}

function hint(): string {
  if (isTouch()) return t.clipboard.pasteHintTouch;
  return isMac() ? t.clipboard.pasteHintMac : t.clipboard.pasteHint;
}
