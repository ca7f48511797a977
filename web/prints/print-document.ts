/** Opens the browser's print dialog for a PDF file, from a frame that nobody sees. */

/** With a whole document in the viewer. */
const LOAD_MS = 30_000;

let frame: HTMLIFrameElement | null = null;
let openedAt = Number.NEGATIVE_INFINITY;

/** Phones, tablets and browsers without a PDF viewer print from a page of their own. */
export function canPrintHere(): boolean {
  return navigator.pdfViewerEnabled && !matchMedia('(pointer: coarse) and (hover: none)').matches;
}

export function msSinceDialog(): number {
  return performance.now() - openedAt;
}

/** The document of a user who leaves is not for the next one. */
export function forgetDocument(): void {
  frame?.remove();
  frame = null;
}

/** Resolves when the dialog was asked for; rejects if the document doesn't load, or the browser refuses. */
export async function printDocument(url: string): Promise<void> {
  openedAt = performance.now();
  // The frame stays while the dialog is open, whose end no browser tells.
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
  fresh.contentWindow.print();
}
