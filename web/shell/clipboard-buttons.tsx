/** Buttons of the bar that move things between the two clipboards where the browser requires a click. */
import { Clipboard, ClipboardCheck, ClipboardList } from 'lucide';
import { openLayer, toggleLayer } from '../layers/layers.ts';
import { copyWaitingForms, readAllHere, waitingForms } from '../screen/clipboard-forms.ts';
import { earlier } from '../screen/clipboard-history.ts';
import { clipboards, waitingCopy } from '../screen/clipboard.ts';
import { focusScreen } from '../screen/control.ts';
import { isEmpty } from '../screen/copied.ts';
import { saySent, sendCopied } from '../screen/paste.ts';
import { say } from '../state/notices.ts';
import { clipboardState } from '../state/store.ts';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/strings/catalogue.ts';

export function ClipboardButtons() {
  const waiting = waitingForms.value !== null || waitingCopy.value !== null;
  return (
    <>
      {waiting && (
        <button
          type="button"
          class="bar-copy"
          title={(waitingForms.value?.text ?? waitingCopy.value ?? t.clipboard.picture).slice(0, 200)}
          onClick={() => void copy()}
          data-test="clipboard-copy"
        >
          <Icon of={ClipboardCheck} size={14} /> {t.clipboard.copyHere}
        </button>
      )}
      {earlier.value.length > 0 && (
        <button
          type="button"
          class="quiet icon"
          aria-label={t.clipboard.open}
          title={t.clipboard.open}
          onClick={() => toggleLayer({ kind: 'clipboard' })}
          data-test="clipboard-open"
        >
          <Icon of={ClipboardList} size={15} />
        </button>
      )}
      {clipboardState.value?.rights.in !== false && (
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
      )}
    </>
  );
}

async function copy(): Promise<void> {
  if (waitingForms.value === null) await clipboards.copyWaiting();
  else if (!(await copyWaitingForms())) {
    // Shows it with the other ways to copy it.
    openLayer({ kind: 'clipboard' });
    return;
  }
  focusScreen();
}

async function paste(): Promise<void> {
  const copied = await readAllHere();
  if (copied === null) openLayer({ kind: 'paste' });
  else if (isEmpty(copied)) say('info', t.clipboard.empty);
  else {
    if (await sendCopied(copied)) saySent(copied);
    focusScreen();
  }
}
