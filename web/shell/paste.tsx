/** A field to paste text or a picture into if the browser doesn't share its clipboard. */
import { useRef } from 'preact/hooks';
import { type Copied, NOTHING } from '../screen/copied.ts';
import { pastedFrom, saySent, sendCopied } from '../screen/paste.ts';
import { isMac } from '../screen/platform.ts';
import { LayerFrame } from '../layers/layer-frame.tsx';
import { closeLayer } from '../layers/layers.ts';
import { isTouch } from '../ui/pointer.ts';
import { t } from '../ui/strings/catalogue.ts';

export function Paste() {
  const field = useRef<HTMLTextAreaElement>(null);
  const send = async (copied: Copied) => {
    if (!(await sendCopied(copied))) return;
    closeLayer('paste');
    saySent(copied);
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
          if (event.clipboardData) void send(pastedFrom(event.clipboardData));
        }}
        data-test="paste-field"
      />
      <div class="ends">
        <button type="button" class="quiet" onClick={() => closeLayer('paste')}>
          {t.cancel}
        </button>
        <button
          type="button"
          class="primary"
          onClick={() => void send({ ...NOTHING, text: field.current?.value || null })}
          data-test="paste-send"
        >
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
