/** Pictures as PNG, the one format that programs of a desktop and all browsers paste. */

/** A screen of 8K; decoding more takes seconds and hundreds of megabytes. */
const MOST_PIXELS = 7680 * 4320;

/** Null if the browser can't read the picture, or it has too many pixels. */
export async function asPng(picture: Blob): Promise<Blob | null> {
  if (picture.type === 'image/png') return picture;
  const bitmap = await createImageBitmap(picture).catch(() => null);
  if (bitmap === null) return null;
  try {
    if (bitmap.width * bitmap.height > MOST_PIXELS) return null;
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
    return await canvas.convertToBlob({ type: 'image/png' });
  } finally {
    bitmap.close();
  }
}
