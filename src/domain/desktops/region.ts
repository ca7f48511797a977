/** The time zone and the languages of a user's browser, as programs in containers understand them: pure. */
import type { Environment } from '#protocol/app.ts';
import type { DesktopRequest } from '#protocol/desktop.ts';
import type { Regional } from '../ports/engine.ts';
import { languagesOf, localeFor } from './language.ts';

/** Unknown values are dropped and reported: no unchecked value of a browser reaches a container. */
export function regionalOf({ timezone, locale, languages }: DesktopRequest): {
  readonly regional: Regional;
  readonly unknown: readonly string[];
} {
  const zone = timezone === undefined ? null : timeZoneOf(timezone);
  const asked = languages ?? (locale === undefined ? [] : [locale]);
  const known = asked.filter((tag) => languagesOf([tag]).length > 0);
  const unknown = asked.filter((tag) => !known.includes(tag));
  if (timezone !== undefined && zone === null) unknown.push(timezone);
  return { regional: { timezone: zone, languages: known }, unknown };
}

/** Environment variables of every launch. */
export function regionalEnvironment({ languages, timezone }: Regional): Environment {
  const list = languagesOf(languages);
  return {
    ...(timezone === null ? {} : { TZ: timezone }),
    ...(list.length === 0 ? {} : { LANGUAGE: list.join(':') }),
  };
}

/** Also the locale, which only Deskpod's images have for sure. `translated`: their languages besides English. */
export function desktopRegion(regional: Regional, translated: readonly string[]): Environment {
  const locale = localeFor(regional.languages, translated);
  return { ...regionalEnvironment(regional), ...(locale === null ? {} : { LANG: locale }) };
}

/** Letters, digits and signs between slashes: excludes paths, offsets and rules. */
const ZONE = /^[a-z][\w+-]*(?:\/[a-z][\w+-]*)*$/i;
/** The capitalisation of a name's parts: `Europe/Isle_of_Man`, `US/Pacific`, `Etc/GMT+5`. */
const WRITTEN = /^(?:[A-Z][a-z_-]+|US|Etc)\/[A-Z]/;

/** An IANA name, former ones too, that the images have data for; null for anything else. */
export function timeZoneOf(name: string): string | null {
  if (!ZONE.test(name) || /^SystemV\//i.test(name)) return null;
  const known = canonicalZone(name);
  // Aliases are kept as they came (Asia/Kolkata is Asia/Calcutta to the browser's library), abbreviations are not (PST).
  return known !== null && WRITTEN.test(name) && known.toLowerCase() !== name.toLowerCase() ? name : known;
}

function canonicalZone(name: string): string | null {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
