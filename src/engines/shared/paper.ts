/** The usual size of paper where a user lives: from CLDR's `measurementData`, paper sizes. Pure. */
import type { Environment } from '#protocol/app.ts';

const LETTER = new Set(['BZ', 'CA', 'CL', 'CO', 'CR', 'GT', 'MX', 'NI', 'PA', 'PH', 'PR', 'SV', 'US', 'VE']);

/** For a printer of a desktop with these variables: `LANGUAGE` begins with the preferred language and its territory. */
export function paperOf({ LANGUAGE = '' }: Environment): 'A4' | 'Letter' {
  const territory = /^[a-z]+_([A-Z]{2})/.exec(LANGUAGE)?.[1] ?? '';
  return LETTER.has(territory) ? 'Letter' : 'A4';
}
