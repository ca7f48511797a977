/**
 * The file of a desktop's time zone, for pods whose image may have none. It comes from the server's own image, which
 * has all time zones.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '#protocol/app.ts';
import { timeZoneOf } from '#domain/desktops/region.ts';
import { ZONEINFO } from './volumes.ts';
import { ignore } from '#protocol/ignore.ts';

export interface ZoneFile {
  /** For example `Europe/Vienna`. */
  readonly name: string;
  readonly content: Buffer;
}

/** Null when no time zone is set, or this machine does not have it. */
export async function readZoneFile({ TZ = '' }: Environment, folder = ZONEINFO): Promise<ZoneFile | null> {
  if (timeZoneOf(TZ) !== TZ) return null;
  const content = await readFile(join(folder, TZ)).catch(ignore('this machine does not have the time zone', null));
  return content?.subarray(0, 4).toString() === 'TZif' ? { name: TZ, content } : null;
}
