/** The name of an unfinished upload. The same file has the same name in another tab or after a reload, so that it goes on. Pure. */
import { hashOf } from './hash.ts';

export interface FileIdentity {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** The name decides nothing but which part goes on. */
export function partName({ name, size, modified }: FileIdentity): string {
  return `.deskpod-${hashOf(`${size}/${modified}/${name}`)}.part`;
}
