/** Opens the browser's print dialog for a PDF file, from a frame that nobody sees. */

/** With a whole document in the viewer. */
const LOAD_MS = 30_000;
/** Until a dialog has taken the keyboard. */
const DIALOG_OPENS_MS = 3_000;

let frame: HTMLIFrameElement | null = null;
let openedAt = Number.NEGATIVE_INFINITY;
let isOpen = false;
/** Whether this browser has refused to print from a frame, as Firefox does (https://bugzilla.mozilla.org/show_bug.cgi?id=911444). */
let refused = false;

/** Phones, tablets and browsers without a PDF viewer print from a page of their own. */
export function canPrintHere(): boolean {
  return !refused && navigator.pdfViewerEnabled && !matchMedia('(pointer: coarse) and (hover: none)').matches;
}

/** While it is open, the browser drops further ones without a word. Nothing tells its end but that the page has the keyboard again. */
export function dialogIsOpen(): boolean {
  isOpen &&= performance.now() - openedAt < DIALOG_OPENS_MS || !document.hasFocus();
  return isOpen;
}

/** The document of a user who leaves is not for the next one. */
export function forgetDocument(): void {
  frame?.remove();
  frame = null;
}

/** Resolves when the dialog was asked for; rejects if the document doesn't load, or the browser refuses. */
export async function printDocument(url: string): Promise<void> {
  [isOpen, openedAt] = [true, performance.now()];
  // Removing it would close its dialog, so the last one stays.
  frame?.remove();
  const fresh = document.createElement('iframe');
  frame = fresh;
  fresh.className = 'print-frame';
  fresh.tabIndex = -1;
  fresh.setAttribute('aria-hidden', 'true');
  fresh.dataset['test'] = 'print-frame';
  const loaded = new Promise<void>((resolve, reject) => {
    fresh.addEventListener('load', () => resolve(), { once: true });
    fresh.addEventListener('error', () => reject(new Error('The document did not load.')), { once: true });
    setTimeout(() => reject(new Error('The document did not load in time.')), LOAD_MS);
  });
  fresh.src = url;
  document.body.append(fresh);
  await loaded;
  // Unknown where the viewer is another origin's page. An error of the server is JSON.
  const type = fresh.contentDocument?.contentType ?? 'application/pdf';
  if (type !== 'application/pdf' || !fresh.contentWindow) throw new Error(`The document is ${type}.`);
  openedAt = performance.now();
  try {
    fresh.contentWindow.print();
  } catch (error) {
    isOpen = false;
    // It also refuses for a page that it doesn't show, such as an error of the server.
    refused = await isThere(url);
    throw error;
  }
}

async function isThere(url: string): Promise<boolean> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(LOAD_MS) });
  await answer.body?.cancel();
  return answer.ok;
}
