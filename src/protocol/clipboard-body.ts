/**
 * The body of `PUT /api/v1/desktop/clipboard`: the length of a JSON head (four bytes, big-endian), the head in UTF-8, then
 * the data of the forms in the order of the head.
 */
import { z } from 'zod';
import { type ClipboardForm, ClipboardType, MAX_COPIED_BYTES } from './clipboard.ts';
import { parseJson } from './json.ts';

export const CLIPBOARD_BODY_TYPE = 'application/vnd.deskpod.clipboard';

const LENGTH_BYTES = 4;
const MAX_HEAD_BYTES = 4096;
export const MAX_CLIPBOARD_BODY_BYTES = LENGTH_BYTES + MAX_HEAD_BYTES + MAX_COPIED_BYTES;

const Head = z.object({
  /** Of the page that writes: it recognises its own offer by it. */
  from: z.string().min(1).max(64).nullable(),
  /** Each type once. */
  forms: z
    .array(z.object({ type: ClipboardType, bytes: z.int().min(0).max(MAX_COPIED_BYTES) }))
    .min(1)
    .refine((forms) => new Set(forms.map(({ type }) => type)).size === forms.length),
});

export interface ClipboardBody {
  readonly from: string | null;
  readonly forms: readonly ClipboardForm[];
}

export function encodeClipboard({ from, forms }: ClipboardBody): Uint8Array<ArrayBuffer> {
  const head: z.input<typeof Head> = { from, forms: forms.map(({ type, data }) => ({ type, bytes: data.length })) };
  const headBytes = new TextEncoder().encode(JSON.stringify(head));
  const parts = [headBytes, ...forms.map(({ data }) => data)];
  const body = new Uint8Array(LENGTH_BYTES + parts.reduce((sum, { length }) => sum + length, 0));
  new DataView(body.buffer).setUint32(0, headBytes.length);
  let offset = LENGTH_BYTES;
  for (const part of parts) {
    body.set(part, offset);
    offset += part.length;
  }
  return body;
}

/** The forms share the memory of `body`. Null if the body isn't well-formed. */
export function decodeClipboard(body: Uint8Array): ClipboardBody | null {
  if (body.length < LENGTH_BYTES) return null;
  const headBytes = new DataView(body.buffer, body.byteOffset).getUint32(0);
  if (headBytes > MAX_HEAD_BYTES || LENGTH_BYTES + headBytes > body.length) return null;
  let offset = LENGTH_BYTES + headBytes;
  const head = Head.safeParse(parseJson(new TextDecoder().decode(body.subarray(LENGTH_BYTES, offset))));
  if (!head.success) return null;
  const forms = head.data.forms.map(({ type, bytes }) => {
    const data = body.subarray(offset, offset + bytes);
    offset += bytes;
    return { type, data };
  });
  return offset === body.length ? { from: head.data.from, forms } : null;
}
