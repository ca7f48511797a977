/** Syncs the two clipboards: automatically if the browser allows it without a prompt, otherwise by a button. */
import { signal } from '@preact/signals';
import { ClipboardSync } from './clipboard-sync.ts';
import { ignore } from '#protocol/ignore.ts';

/** Text copied in the desktop that couldn't be written to this computer's clipboard yet. */
export const waitingCopy = signal<string | null>(null);

export const clipboards = new ClipboardSync({ write: tryWrite, waiting: waitingCopy });

interface Sides {
  /** Writes what was copied in the desktop with forms besides text, if something waits. */
  copyWaitingForms(): Promise<unknown>;
  sendClipboard(text: string): void;
}

async function tryWrite(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch (error) {
    return ignore('the browser does not let the page copy', false)(error);
  }
}

/** Text of this computer's clipboard; null if the browser doesn't share it. May show the browser's prompt. */
export async function readHere(): Promise<string | null> {
  try {
    return await navigator.clipboard.readText();
  } catch (error) {
    return ignore('the browser does not share its clipboard', null)(error);
  }
}

/** When the user returns, syncs both clipboards. Never shows a prompt. */
export function syncOnFocus(sides: Sides, until: AbortSignal): void {
  const exchange = async () => {
    await sides.copyWaitingForms();
    const text = await clipboards.comeBack(async () => ((await mayRead()) ? await readHere() : null));
    if (text !== null) sides.sendClipboard(text);
  };
  window.addEventListener('focus', () => void exchange(), { signal: until });
  window.addEventListener('blur', () => clipboards.leave(), { signal: until });
  void exchange();
}

async function mayRead(): Promise<boolean> {
  try {
    // Unknown to TypeScript; browsers that don't support it reject.
    const name: string = 'clipboard-read';
    const { state } = await navigator.permissions.query({ name: name as PermissionName });
    return state === 'granted' && document.hasFocus();
  } catch (error) {
    return ignore('the browser does not know this permission', false)(error);
  }
}
