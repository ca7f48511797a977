/** Text between the two clipboards: by itself where the browser allows it without a dialog, else by one button. */
import { signal } from '@preact/signals';

/** Text that was copied in the desktop and could not be put into this computer's clipboard yet. */
export const waitingCopy = signal<string | null>(null);

interface Sides {
  sendClipboard(text: string): void;
}

/** What both clipboards held last, so that text does not travel in circles. */
let last = '';

export function rememberSent(text: string): void {
  last = text;
}

/** From the desktop to this computer. */
export async function takeFromDesktop(text: string): Promise<void> {
  if (text === last) return;
  last = text;
  waitingCopy.value = (await tryWrite(text)) ? null : text;
}

/** By the button, within the user's gesture. */
export async function copyWaiting(): Promise<boolean> {
  const text = waitingCopy.value;
  if (text === null || !(await tryWrite(text))) return false;
  waitingCopy.value = null;
  return true;
}

async function tryWrite(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Text of this computer: null when the browser does not hand it over. May show the browser's own question. */
export async function readHere(): Promise<string | null> {
  try {
    return await navigator.clipboard.readText();
  } catch {
    return null;
  }
}

/** Whenever the user comes back: what was copied elsewhere goes to the desktop, what waited goes out. Never asks. */
export function exchangeOnFocus(sides: Sides, until: AbortSignal): void {
  const exchange = async () => {
    await copyWaiting();
    if (!(await mayRead())) return;
    const text = await readHere();
    if (text === null || text === '' || text === last) return;
    last = text;
    sides.sendClipboard(text);
  };
  // Our own request to release keys is no real loss of focus and never followed by a focus event of the window.
  window.addEventListener('focus', () => void exchange(), { signal: until });
  void exchange();
}

async function mayRead(): Promise<boolean> {
  try {
    // Not in TypeScript's list of names; browsers that do not know it reject.
    const name: string = 'clipboard-read';
    const { state } = await navigator.permissions.query({ name: name as PermissionName });
    return state === 'granted' && document.hasFocus();
  } catch {
    return false;
  }
}
