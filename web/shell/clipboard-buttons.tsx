/** Buttons of the bar that move text between the two clipboards where the browser requires a click. */
import { Clipboard, ClipboardCheck } from 'lucide';
import { openLayer } from '../layers/layers.ts';
import { clipboards, readHere, waitingCopy } from '../screen/clipboard.ts';
import { focusScreen, sendText, sentNotice } from '../screen/control.ts';
import { say } from '../state/notices.ts';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/strings/catalogue.ts';

export function ClipboardButtons() {
  const paste = async () => {
    const text = await readHere();
    if (text === null) openLayer({ kind: 'paste' });
    else if (text === '') say('info', t.clipboard.empty);
    else {
      if (sendText(text)) say('info', sentNotice());
      focusScreen();
    }
  };
  return (
    <>
      {waitingCopy.value !== null && (
        <button
          type="button"
          class="bar-copy"
          title={waitingCopy.value.slice(0, 200)}
          onClick={() => void clipboards.copyWaiting().then(focusScreen)}
          data-test="clipboard-copy"
        >
          <Icon of={ClipboardCheck} size={14} /> {t.clipboard.copyHere}
        </button>
      )}
      <button
        type="button"
        class="quiet icon"
        aria-label={t.clipboard.paste}
        title={t.clipboard.paste}
        onClick={() => void paste()}
        data-test="clipboard-paste"
      >
        <Icon of={Clipboard} size={15} />
      </button>
    </>
  );
}
