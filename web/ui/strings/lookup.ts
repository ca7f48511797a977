/** Finds the language for a list of preferences. Pure. */
import { LANGUAGES, type Language, type LanguageChoice } from '#protocol/language.ts';

interface Found {
  readonly language: Language;
  /** The preferred tag that led to it: `de-AT` for German as written in Austria. */
  readonly tag: string;
}

/** RFC 4647, section 3.4 (lookup): each preference is shortened from its end until a language is found; English otherwise. */
export function lookUp(preferred: readonly string[]): Found {
  for (const tag of preferred) {
    const language = shortened(tag).find(isLanguage);
    if (language !== undefined) return { language, tag };
  }
  return { language: 'en', tag: 'en' };
}

/** The first preferred tag of a language, so that somebody from Austria gets `de-AT`; otherwise the language itself. */
export function regional(language: Language, preferred: readonly string[]): string {
  return preferred.find((tag) => isLocale(tag) && shortened(tag).includes(language)) ?? language;
}

/** The locale for numbers and dates. Digits are 0-9 in every language, as in the addresses, logs and names beside them. */
export function localeFor(language: Language, preferred: readonly string[]): string {
  return new Intl.Locale(regional(language, preferred), { numberingSystem: 'latn' }).toString();
}

/** As many as a request for a desktop may name. */
const MOST_FOR_DESKTOP = 20;

/** The languages of a new desktop, preferred first: the chosen one comes before those of the browser. */
export function forDesktop(choice: LanguageChoice, preferred: readonly string[]): string[] {
  const own = choice === 'system' ? [] : [regional(choice, preferred)];
  return [...new Set([...own, ...preferred])].slice(0, MOST_FOR_DESKTOP);
}

/** `zh-Hant-x-a-b` → itself, `zh-Hant-x-a`, `zh-Hant`, `zh`: a single letter isn't left at the end. */
function shortened(tag: string): string[] {
  const parts = tag.toLowerCase().split('-');
  return parts
    .map((_, index) => parts.slice(0, parts.length - index))
    .filter((rest) => rest.at(-1)?.length !== 1)
    .map((rest) => rest.join('-'));
}

function isLanguage(tag: string): tag is Language {
  return LANGUAGES.some((language) => language === tag);
}

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
