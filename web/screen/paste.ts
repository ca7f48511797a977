/** Sends what is copied on this computer to the desktop: text over RFB, other forms over the API. */
import type { ClipboardRights } from '#protocol/clipboard.ts';
import { say } from '../state/notices.ts';
import { clipboardState } from '../state/store.ts';
import { t } from '../ui/strings/catalogue.ts';
import { keepEarlier } from './clipboard-history.ts';
import { isForForms, isTaken, newer, sendForms } from './clipboard-forms.ts';
import { keyQueue, sendText, sentNotice } from './control.ts';
import { allowed, type Copied, hasForms, isEmpty } from './copied.ts';
import { LONGEST_WAIT_MS } from './key-queue.ts';

/** What pasting provides. To be called while the event is handled: later, the browser has withdrawn its data. */
export function pastedFrom(data: DataTransfer): Copied {
  const picture = [...data.items].find(({ kind, type }) => kind === 'file' && type.startsWith('image/'));
  return {
    text: data.getData('text/plain') || null,
    html: data.getData('text/html') || null,
    picture: picture?.getAsFile() ?? null,
  };
}

/**
 * For a paste shortcut: the keys that follow wait until the desktop has it. False if they should not be sent, because it
 * can't be pasted.
 */
export function pasteWithKeys(copied: Copied): boolean {
  const rights = clipboardState.value?.rights;
  if (rights === undefined || !rights.in) return true;
  const may = allowed(copied, rights);
  // What the desktop has is pasted.
  const where = isEmpty(may) ? 'there' : newer(may);
  if (where === 'there') return true;
  if (!isForForms(may, rights)) return sendTextOnly(may.text ?? '');
  void sendBeforeKeys(may, rights, where === 'compare');
  return true;
}

/** Keys wait as long as for a connection. After that the user has to paste again. */
async function sendBeforeKeys(copied: Copied, rights: ClipboardRights, compare: boolean): Promise<void> {
  const keys = keyQueue.hold();
  let waits = true;
  const timer = setTimeout(() => {
    waits = false;
    keys.drop();
    say('info', t.clipboard.sending);
  }, LONGEST_WAIT_MS);
  const done = (compare && (await isTaken(copied))) || (await sendForms(copied, rights));
  clearTimeout(timer);
  if (done && !waits) saySent(copied);
  if (done) keys.release();
  else keys.drop();
}

/** Confirms what no paste follows. */
export function saySent(copied: Copied): void {
  say('info', hasForms(copied) ? t.clipboard.sentForms : sentNotice());
}

/** Resolves to whether it is in the desktop's clipboard or on its way there; otherwise the user has been told why not. */
export async function sendCopied(copied: Copied): Promise<boolean> {
  const rights = clipboardState.value?.rights;
  if (rights === undefined || !rights.in) return false;
  const may = allowed(copied, rights);
  if (isEmpty(may)) return false;
  return isForForms(may, rights) ? await sendForms(may, rights) : sendTextOnly(may.text ?? '');
}

function sendTextOnly(text: string): boolean {
  if (!sendText(text)) return false;
  keepEarlier({ text, html: null, picture: null });
  return true;
}
