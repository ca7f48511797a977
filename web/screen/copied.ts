/** One copied thing with the forms that browsers and desktops share. Pure. */
import type { ClipboardForm, ClipboardRights, ClipboardType } from '#protocol/clipboard.ts';

export interface Copied {
  readonly text: string | null;
  /** Sanitised before it is written to this computer's clipboard. */
  readonly html: string | null;
  /** In any format that the browser knows; PNG if it comes from the desktop. */
  readonly picture: Blob | null;
}

export const NOTHING: Copied = { text: null, html: null, picture: null };

export function isEmpty({ text, html, picture }: Copied): boolean {
  return !text && !html && picture === null;
}

/** Whether RFB can't carry it. */
export function hasForms({ html, picture }: Copied): boolean {
  return html !== null || picture !== null;
}

/** Without what the installation doesn't allow. */
export function allowed({ text, html, picture }: Copied, { types }: Pick<ClipboardRights, 'types'>): Copied {
  const may = (type: ClipboardType): boolean => types.includes(type);
  return {
    text: may('text/plain') ? text : null,
    html: may('text/html') ? html : null,
    picture: may('image/png') ? picture : null,
  };
}

/** The forms for the desktop; `png` is the picture. */
export function formsOf({ text, html }: Copied, png: Blob | null): Promise<ClipboardForm[]> {
  const encode = (value: string): Uint8Array => new TextEncoder().encode(value);
  const forms: Promise<ClipboardForm>[] = [];
  if (text !== null) forms.push(Promise.resolve({ type: 'text/plain', data: encode(text) }));
  if (html !== null) forms.push(Promise.resolve({ type: 'text/html', data: encode(html) }));
  if (png !== null) forms.push(png.arrayBuffer().then((data) => ({ type: 'image/png', data: new Uint8Array(data) })));
  return Promise.all(forms);
}

/** Recognises what was sent before (FNV-1a): the same thing isn't sent again. */
export function markOf(forms: readonly ClipboardForm[]): string {
  return forms.map(({ type, data }) => `${type} ${data.length} ${hash(data)}`).join(' ');
}

function hash(data: Uint8Array): number {
  let value = 0x811c9dc5;
  for (const byte of data) value = Math.imul(value ^ byte, 0x01000193);
  return value >>> 0;
}

/** Browsers and RFB change the ends of lines. */
export function sameText(a: string, b: string): boolean {
  return a === b || a.replaceAll('\r\n', '\n') === b.replaceAll('\r\n', '\n');
}
