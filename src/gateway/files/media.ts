/** The headers under which a user's file is sent: as a download, or shown if its type is harmless. Pure. */
import { PROTECTION } from './answer.ts';

const UNKNOWN = 'application/octet-stream';
const TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/;
const PDF = 'application/pdf';
/** Chromium’s viewer of PDFs doesn’t work in a sandbox; it runs none of the file’s scripts in this origin. */
const FOR_PDF = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'";

/** `type` is what the service says; `inline` asks for a preview. */
export function fileHeaders(name: string, type: string | undefined, inline: boolean): Record<string, string> {
  const known = mediaType(type);
  const shown = inline && isHarmless(known);
  return {
    ...PROTECTION,
    ...(shown && known === PDF ? { 'content-security-policy': FOR_PDF } : {}),
    'content-type': known === 'text/plain' ? 'text/plain; charset=utf-8' : known,
    'content-disposition': disposition(shown ? 'inline' : 'attachment', name),
    // Valid as long as its ETag, for this user only.
    'cache-control': 'private, no-cache',
  };
}

/** RFC 6266, with the name in UTF-8 (RFC 8187) and a plain one for programs that don’t know it. */
export function disposition(kind: 'inline' | 'attachment', name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name.toWellFormed()).replace(
    /['()*!]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${kind}; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

function mediaType(given: string | undefined): string {
  const bare = (given ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return TYPE.test(bare) ? bare : UNKNOWN;
}

/** Without scripts: no HTML, no XML, no SVG. */
function isHarmless(type: string): boolean {
  if (type === 'text/plain' || type === PDF) return true;
  return /^(image|audio|video)\//.test(type) && !type.includes('xml') && !type.includes('svg');
}
