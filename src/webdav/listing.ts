/** Reads the answer to PROPFIND with depth 1 (RFC 4918, section 9.1), as lighttpd writes it. Pure. */

export interface ListedFile {
  /** Without its folder. */
  readonly name: string;
  readonly bytes: number;
  readonly changedAt: Date;
}

const RESPONSE = /<D:response>([^]*?)<\/D:response>/g;
const HREF = /<D:href>([^<]*)<\/D:href>/;
const LENGTH = /<D:getcontentlength[^>]*>(\d+)</;
const MODIFIED = /<D:getlastmodified[^>]*>([^<]+)</;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", '#39': "'" };

/** Files only, no folders. Those whose names aren't UTF-8 are left out. */
export function filesIn(answer: string): readonly ListedFile[] {
  return [...answer.matchAll(RESPONSE)].flatMap(([, response = '']) => {
    const name = nameOf(HREF.exec(response)?.[1] ?? '');
    const bytes = Number(LENGTH.exec(response)?.[1] ?? Number.NaN);
    const changedAt = new Date(MODIFIED.exec(response)?.[1] ?? '');
    const isFile = !response.includes('<D:collection') && Number.isSafeInteger(bytes);
    if (!isFile || name === null || Number.isNaN(changedAt.getTime())) return [];
    return [{ name, bytes, changedAt }];
  });
}

/** The last part of a path; null for a folder. */
function nameOf(href: string): string | null {
  const path = href.replace(/&(#?\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
  const last = path.slice(path.lastIndexOf('/') + 1);
  try {
    return last === '' ? null : decodeURIComponent(last);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}
