/** From the languages of a browser (BCP 47) to those of programs: gettext's list, and a locale of glibc. Pure. */
import { ALWAYS, TERRITORIES } from './locales.ts';

const MOST = 8;
/** The names of scripts in glibc and gettext; others have none. */
const MODIFIERS: Readonly<Record<string, string>> = { Latn: 'latin', Cyrl: 'cyrillic', Deva: 'devanagari' };
const TRADITIONAL = new Set(['TW', 'HK', 'MO']);
/** Former or shorter names, for translations that are filed under them. */
const ALSO: Readonly<Record<string, string>> = { nb_NO: 'no', zh_HK: 'zh_TW', zh_MO: 'zh_TW', zh_SG: 'zh_CN' };
/** The closest territory of a continent (`es-419`). */
const NEAREST: Readonly<Record<string, string>> = { es_419: 'MX', en_001: 'GB', en_150: 'GB' };
const FALLBACK = 'en_US.UTF-8';

interface Language {
  readonly language: string;
  readonly territory: string;
  /** `latin` in `sr_RS@latin`. */
  readonly modifier: string | null;
}

/** For `LANGUAGE`, preferred first. The list ends at English, which programs speak without a translation: a later language would win. */
export function languagesOf(tags: readonly string[]): readonly string[] {
  const names: string[] = [];
  for (const tag of tags) {
    const read = readTag(tag);
    if (read === null) continue;
    const name = `${read.language}_${read.territory}`;
    names.push(named(read, name), ...(ALSO[name] === undefined ? [] : [ALSO[name]]));
    if (read.language === 'en') break;
  }
  return [...new Set(names)].slice(0, MOST);
}

/** For `LANG`: the locale of the first language for which the images have one. Null without a language. */
export function localeFor(tags: readonly string[], translated: readonly string[]): string | null {
  const asked = tags.flatMap((tag) => readTag(tag) ?? []);
  if (asked.length === 0) return null;
  const installed = new Set([...ALWAYS, ...translated]);
  for (const one of asked) {
    const territories = installed.has(one.language) ? TERRITORIES.get(one.language) : undefined;
    if (territories === undefined) continue;
    const likely = territoryOf(one.language);
    const candidates = [named(one, one.territory), one.territory, likely];
    const found = candidates.find((territory) => territories.includes(territory)) ?? territories[0];
    if (found === undefined) continue;
    const [territory, modifier] = found.split('@');
    return `${one.language}_${territory}.UTF-8${modifier === undefined ? '' : `@${modifier}`}`;
  }
  return FALLBACK;
}

function named({ modifier }: Language, name: string): string {
  return modifier === null ? name : `${name}@${modifier}`;
}

/** Null for an invalid tag, or one without a language. */
function readTag(tag: string): Language | null {
  const locale = parsed(tag);
  if (locale === null || !/^[a-z]{2,3}$/.test(locale.language) || locale.language === 'und') return null;
  const language = locale.language === 'no' ? 'nb' : locale.language;
  const { script } = locale;
  if (language === 'zh') return { language, territory: chinese(locale), modifier: null };
  const usual = new Intl.Locale(language).maximize().script;
  const byScript = script === undefined || script === usual ? undefined : MODIFIERS[script];
  const valencian = /-valencia\b/.test(locale.baseName) ? 'valencia' : undefined;
  return { language, territory: territoryOf(language, locale.region), modifier: byScript ?? valencian ?? null };
}

/** Translations of Chinese are named after a territory, whose script they have. */
function chinese({ script, region }: Intl.Locale): string {
  const territory = territoryOf('zh', region ?? (script === 'Hant' ? 'TW' : undefined));
  if (script === undefined || (script === 'Hant') === TRADITIONAL.has(territory)) return territory;
  return script === 'Hant' ? 'TW' : 'CN';
}

function territoryOf(language: string, region = ''): string {
  if (/^[A-Z]{2}$/.test(region)) return region;
  return NEAREST[`${language}_${region}`] ?? new Intl.Locale(language).maximize().region ?? 'US';
}

function parsed(tag: string): Intl.Locale | null {
  try {
    return new Intl.Locale(tag.replaceAll('_', '-'));
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
