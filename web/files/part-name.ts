/** The name of an unfinished upload. The same file has the same name in another tab or after a reload, so that it goes on. Pure. */

export interface FileIdentity {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;
const BITS = 64;

/** A hash that isn't cryptographic (FNV-1a): `crypto.subtle` is missing on pages without TLS. The name decides nothing but which part goes on. */
export function partName({ name, size, modified }: FileIdentity): string {
  let hash = OFFSET;
  for (const byte of new TextEncoder().encode(`${size}/${modified}/${name}`))
    hash = BigInt.asUintN(BITS, (hash ^ BigInt(byte)) * PRIME);
  return `.deskpod-${hash.toString(16).padStart(16, '0')}.part`;
}
