/** The way in for text when the browser does not hand its clipboard over: the user pastes it here. */
import { useRef } from 'preact/hooks';
import { sendText } from '../screen/control.ts';
import { say } from '../state/notices.ts';
import { LayerFrame } from '../ui/layer.tsx';
import { closeLayer } from '../ui/layers.ts';
import { t } from '../ui/strings/catalogue.ts';

export function Paste() {
  const field = useRef<HTMLTextAreaElement>(null);
  const send = (text: string) => {
    if (text === '') return;
    sendText(text);
    closeLayer('paste');
    say('info', t.clipboard.sent);
  };
  return (
    <LayerFrame kind="paste" label={t.clipboard.paste} look="dialog" dim>
      <h2>{t.clipboard.paste}</h2>
      <p class="small">{t.clipboard.pasteHint}</p>
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
