/**
 * Pictures and formatted text between the two clipboards, over the API. Text alone goes over RFB (`clipboard.ts`), unless
 * the installation routes it here, too.
 */
import { effect, signal } from '@preact/signals';
import { ApiError } from '#client/errors.ts';
import type { ClipboardForm, ClipboardOffer, ClipboardRights, ClipboardType } from '#protocol/clipboard.ts';
import { formsBytes } from '#protocol/clipboard.ts';
import { ignore } from '#protocol/ignore.ts';
import { api } from '../state/api.ts';
import { say } from '../state/notices.ts';
import { clipboardState } from '../state/store.ts';
import { errorText } from '../ui/error-text.ts';
import { size } from '../ui/format.ts';
import { t } from '../ui/strings/catalogue.ts';
import { keepEarlier } from './clipboard-history.ts';
import { clipboards, readHere } from './clipboard.ts';
import { hasScreenFocus } from './control.ts';
import { type Copied, formsOf, hasForms, isEmpty, markOf, NOTHING } from './copied.ts';
import { FormsSync, isFileList } from './forms-sync.ts';
import { asPng, isSamePicture } from './picture.ts';
import { sanitised } from './sanitised.ts';

const PAGE = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16)).join('');

/** What was copied in the desktop and couldn't be written to this computer's clipboard yet. */
export const waitingForms = signal<Copied | null>(null);

const sync = new FormsSync(PAGE, clipboards);
/** Of what this page sent last. */
let sentMark = '';
/** What this page copied from the desktop last. */
let takenPicture: Blob | null = null;

/** Follows what is copied in the desktop until the signal aborts. */
export function followForms(until: AbortSignal): void {
  let taking = new AbortController();
  sync.begin();
  const stop = effect(() => {
    const state = clipboardState.value;
    if (state === null) return;
    const { rights, offer } = state;
    const next = sync.offered(offer);
    if (next === 'same') return;
    taking.abort();
    taking = new AbortController();
    waitingForms.value = null;
    if (next === 'take' && offer !== null) void take(offer, rights, AbortSignal.any([taking.signal, until]));
  });
  window.addEventListener('blur', () => sync.leave(), { signal: until });
  // In a terminal or a text of this page.
  document.addEventListener('copy', () => hasScreenFocus() || sync.leave(), { signal: until });
  until.addEventListener('abort', () => {
    stop();
    taking.abort();
    waitingForms.value = null;
  });
}

/** RFB announced a text that it doesn't deliver: true if this does. */
export function deliversText(): boolean {
  const offer = sync.offer;
  return offer !== null && (sync.isOwn() || offer.types.includes('text/plain'));
}

/** From a button, within the user's gesture, or when the page gets the focus. False if the browser doesn't allow it. */
export async function copyWaitingForms(): Promise<boolean> {
  const copied = waitingForms.value;
  const id = sync.offer?.id;
  if (copied === null || id === undefined || !(await writeHere(copied))) return false;
  if (waitingForms.value === copied) took(id, copied);
  return true;
}

/** Whether the desktop should get what was pasted here, which RFB can't carry. */
export function isForForms(copied: Copied, rights: ClipboardRights): boolean {
  return hasForms(copied) || (!rights.textByScreen && !isEmpty(copied));
}

/** Where the newer thing is when this is pasted here: see `FormsSync.newer`. */
export function newer(copied: Copied): 'here' | 'there' | 'compare' {
  return sync.newer(copied);
}

/** Whether its picture is the one that was last taken from the desktop. */
export async function isTaken({ picture }: Copied): Promise<boolean> {
  return picture !== null && takenPicture !== null && (await isSamePicture(picture, takenPicture));
}

/** Resolves to whether it is in the desktop's clipboard; otherwise the user has been told why not. */
export async function sendForms(copied: Copied, { maxBytes }: ClipboardRights): Promise<boolean> {
  // At once: the page may be about to send this text alone, because it has got the focus.
  clipboards.rememberSent(copied.text ?? '');
  try {
    const png = copied.picture && (await asPng(copied.picture));
    if (copied.picture !== null && png === null && !copied.text && !copied.html) {
      say('error', t.clipboard.unknownPicture);
      return false;
    }
    const forms = await formsOf(copied, png);
    const bytes = formsBytes(forms);
    if (bytes > maxBytes) {
      say('error', t.clipboard.formsTooLarge(size(bytes), size(maxBytes)));
      return false;
    }
    const mark = markOf(forms);
    if (sync.isOwn() && mark === sentMark) return true;
    await api.clipboard.write({ from: PAGE, forms });
    sentMark = mark;
    waitingForms.value = null;
    keepEarlier({ ...copied, picture: png });
    return true;
  } catch (error) {
    clipboards.forgetSent();
    say('error', errorText(error));
    return false;
  }
}

export function isOwnOffer({ from }: ClipboardOffer): boolean {
  return from === PAGE;
}

/**
 * Puts a list of files on the desktop's clipboard, as far as the installation allows, and its text on this computer's, so
 * that what was copied here before isn't taken for newer. To be called within the user's gesture.
 */
export async function shareFiles(all: readonly ClipboardForm[]): Promise<void> {
  const rights = clipboardState.value?.rights;
  if (rights === undefined || !rights.in) return;
  const forms = all.filter(({ type }) => rights.types.includes(type));
  if (!forms.some(({ type }) => isFileList(type)) || formsBytes(forms) > rights.maxBytes) return;
  const text = forms.find(({ type }) => type === 'text/plain')?.data;
  const plain = text === undefined ? '' : new TextDecoder().decode(text);
  clipboards.rememberSent(plain);
  sync.sendsFiles(true);
  if (plain !== '' && rights.out) void writeHere({ ...NOTHING, text: plain });
  try {
    await api.clipboard.write({ from: PAGE, forms });
    sentMark = markOf(forms);
    waitingForms.value = null;
  } catch (error) {
    sync.sendsFiles(false);
    clipboards.forgetSent();
    throw error;
  }
}

/** Writes it as one thing with all its forms. */
export async function writeHere({ text, html, picture }: Copied): Promise<boolean> {
  const forms: Record<string, Blob> = {};
  if (text !== null) forms['text/plain'] = new Blob([text], { type: 'text/plain' });
  if (html !== null) forms['text/html'] = new Blob([html], { type: 'text/html' });
  if (picture !== null) forms['image/png'] = picture;
  try {
    await navigator.clipboard.write([new ClipboardItem(forms)]);
    return true;
  } catch (error) {
    ignore('the browser does not let the page copy')(error);
    return picture === null && copyByEvent(text, html);
  }
}

/** Without the permission, browsers allow this within the user's gesture, but no pictures. */
function copyByEvent(text: string | null, html: string | null): boolean {
  let done = false;
  const fill = (event: ClipboardEvent): void => {
    event.stopImmediatePropagation();
    fillCopy(event, { text, html });
    done = true;
  };
  document.addEventListener('copy', fill, { capture: true });
  document.execCommand('copy');
  document.removeEventListener('copy', fill, { capture: true });
  return done;
}

/** Puts the text into a copy event, in both forms. */
export function fillCopy(event: ClipboardEvent, { text, html }: Pick<Copied, 'text' | 'html'>): void {
  if (text === null && html === null) return;
  event.preventDefault();
  if (text !== null) event.clipboardData?.setData('text/plain', text);
  if (html !== null) event.clipboardData?.setData('text/html', html);
}

/** Something that was copied before: this computer has it, and not the desktop. */
export async function copyEarlier(copied: Copied): Promise<boolean> {
  sync.leave();
  return await writeHere(copied);
}

/** This computer's clipboard; null if the browser doesn't share it. May show the browser's prompt. */
export async function readAllHere(): Promise<Copied | null> {
  try {
    // Older browsers read text only.
    if (!('read' in navigator.clipboard)) return { ...NOTHING, text: (await readHere()) || null };
    const [item] = await navigator.clipboard.read();
    if (item === undefined) return NOTHING;
    const read = async (type: string): Promise<Blob | null> => (item.types.includes(type) ? item.getType(type) : null);
    const [text, html, picture] = await Promise.all([read('text/plain'), read('text/html'), read('image/png')]);
    return { text: (await text?.text()) || null, html: (await html?.text()) || null, picture };
  } catch (error) {
    return ignore('the browser does not share its clipboard', null)(error);
  }
}

async function take(offer: ClipboardOffer, rights: ClipboardRights, signal: AbortSignal): Promise<void> {
  const wanted = offer.types.filter((type) => READ.has(type));
  if (wanted.every((type) => type === 'text/plain') && rights.textByScreen) return;
  clipboards.expectFromDesktop();
  const read = await Promise.all(wanted.map((type) => readForm(offer.id, type, signal)));
  if (signal.aborted) return;
  const of = (type: ClipboardType): Uint8Array<ArrayBuffer> | null => read[wanted.indexOf(type)] ?? null;
  const [text, html, png] = [of('text/plain'), of('text/html'), of('image/png')];
  const copied = {
    text: text && new TextDecoder().decode(text),
    html: html && (await sanitised(new TextDecoder().decode(html))),
    picture: png && new Blob([png], { type: 'image/png' }),
  };
  if (isEmpty(copied)) return;
  keepEarlier(copied);
  const written = await writeHere(copied);
  if (signal.aborted) return;
  if (written) took(offer.id, copied);
  else waitingForms.value = copied;
}

const READ: ReadonlySet<ClipboardType> = new Set(['text/plain', 'text/html', 'image/png']);

/** Null if there is none any more, or it can't be transferred; the others can. */
async function readForm(id: string, type: ClipboardType, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return await api.clipboard.read(id, type, signal);
  } catch (error) {
    const isGone = error instanceof ApiError && (error.code === 'not_found' || error.code === 'desktop_missing');
    if (!signal.aborted && !isGone) say('warning', errorText(error));
    return null;
  }
}

function took(id: string, { text, picture }: Copied): void {
  takenPicture = picture;
  sync.took(id, text ?? '');
  clipboards.tookForms(text ?? '');
  waitingForms.value = null;
}
