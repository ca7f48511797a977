/** Pictures as PNG, the one format that programs of a desktop and all browsers paste. */

import { ignore } from '#protocol/ignore.ts';

/** A screen of 8K; decoding more takes seconds and hundreds of megabytes. */
const MOST_PIXELS = 7680 * 4320;

/** Null if the browser can't read the picture, or it has too many pixels. */
export async function asPng(picture: Blob): Promise<Blob | null> {
  if (picture.type === 'image/png') return picture;
  const canvas = await draw(picture);
  return canvas && (await canvas.convertToBlob({ type: 'image/png' }));
}

/** Whether they have the same pixels. Browsers encode a picture again when they copy it. */
export async function isSamePicture(one: Blob, other: Blob): Promise<boolean> {
  const [a, b] = await Promise.all([pixelsOf(one), pixelsOf(other)]);
  if (a === null || b === null || a.width !== b.width || a.height !== b.height) return false;
  return a.data.every((value, index) => value === b.data[index]);
}

async function pixelsOf(picture: Blob): Promise<ImageData | null> {
  const canvas = await draw(picture);
  return canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? null;
}

async function draw(picture: Blob): Promise<OffscreenCanvas | null> {
  const bitmap = await createImageBitmap(picture).catch(ignore('not a picture for this browser', null));
  if (bitmap === null) return null;
  try {
    if (bitmap.width * bitmap.height > MOST_PIXELS) return null;
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
    return canvas;
  } finally {
    bitmap.close();
  }
}
