/**
 * What the clipboard's tests do in pages of the browser. Each function but the last is sent there as text, so it uses
 * nothing else.
 */
import type { Page } from 'playwright-core';
import type { Person } from './person.ts';

interface Picture {
  /** Of noise, which no encoding makes small, in this many rows and columns. */
  readonly side: number;
  readonly type: 'image/png' | 'image/jpeg';
  readonly how: 'returned' | 'copied' | 'pasted';
}

/** Draws a picture and returns it in base64, copies it, or pastes it into what has the focus. */
export async function drawPicture({ side, type, how }: Picture): Promise<string> {
  const canvas = new OffscreenCanvas(side, side);
  const context = canvas.getContext('2d');
  const image = new ImageData(side, side);
  for (let at = 0; at < image.data.length; at += 4) {
    const noise = Math.trunc(Math.random() * 0x1000000);
    image.data.set([noise & 0xff, (noise >> 8) & 0xff, noise >> 16, 255], at);
  }
  context?.putImageData(image, 0, 0);
  const picture = await canvas.convertToBlob({ type });
  if (how === 'copied') await navigator.clipboard.write([new ClipboardItem({ [type]: picture })]);
  if (how === 'pasted') {
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([picture], 'picture', { type }));
    document.activeElement?.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
  }
  if (how !== 'returned') return '';
  const url = await new Promise<unknown>((resolve) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve(reader.result));
    reader.readAsDataURL(picture);
  });
  return String(url).replace(/^[^,]*,/, '');
}

/** A digest of the pixels of a PNG in base64, or of the clipboard's picture; null if it has none. */
export async function readPixels(base64: string | null): Promise<string | null> {
  const [item] = base64 === null ? await navigator.clipboard.read() : [];
  if (base64 === null && !item?.types.includes('image/png')) return null;
  const bytes = Uint8Array.from(atob(base64 ?? ''), (letter) => letter.charCodeAt(0));
  const picture = (await item?.getType('image/png')) ?? new Blob([bytes], { type: 'image/png' });
  const bitmap = await createImageBitmap(picture);
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
  context?.drawImage(bitmap, 0, 0);
  const pixels = context?.getImageData(0, 0, bitmap.width, bitmap.height).data ?? new Uint8ClampedArray();
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', pixels));
  return `${bitmap.width}x${bitmap.height} ${[...digest].join(' ')}`;
}

/** One form of what the clipboard has; null if it has no such form. */
export async function readForm(type: string): Promise<string | null> {
  const [item] = await navigator.clipboard.read();
  return item?.types.includes(type) ? await (await item.getType(type)).text() : null;
}

export async function copyMarkup(markup: string): Promise<void> {
  const text = new DOMParser().parseFromString(markup, 'text/html').body.textContent ?? '';
  const forms = { 'text/html': markup, 'text/plain': text };
  const blobs = Object.entries(forms).map(([type, form]): [string, Blob] => [type, new Blob([form], { type })]);
  await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
}

/** Another page of the same browser copies something, as another program on this computer would. */
export async function elsewhere(person: Person, copy: (page: Page) => Promise<void>): Promise<void> {
  const other = await person.page.context().newPage();
  await other.goto(new URL('/healthz', person.page.url()).href);
  await other.bringToFront();
  await copy(other);
  await other.close();
  await person.page.bringToFront();
  await person.find('key-field').focus();
}
