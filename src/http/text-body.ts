/** The text of a request's body, in the charset that its header names. */
import { DeskpodError } from '#domain/errors.ts';
import { CharsetError, decodeText, EncodingError } from '#protocol/decode-text.ts';

export function textOf(body: Buffer, contentType: string | undefined): string {
  const charset = /;\s*charset\s*=\s*(?:"([^"]*)"|([^\s;]+))/i.exec(contentType ?? '');
  try {
    return decodeText(body, charset?.[1] ?? charset?.[2] ?? null);
  } catch (cause) {
    if (cause instanceof CharsetError) throw new DeskpodError('unsupported_media_type', cause.message, { cause });
    if (cause instanceof EncodingError) throw new DeskpodError('invalid_request', cause.message, { cause });
    throw cause;
  }
}
