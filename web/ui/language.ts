/**
 * The language of the page: the user's choice or the browser's. Also kept in local storage, for the login page.
 * `<html lang dir>` follows it.
 */
import { type Language, LanguageChoice } from '#protocol/language.ts';
import { batch, signal } from '@preact/signals';
import { locale } from './locale.ts';
import { readStored, writeStored } from './stored.ts';
import { CATALOGUES, useCatalogue } from './strings/catalogue.ts';
import { forDesktop, localeFor, lookUp } from './strings/lookup.ts';

const KEY = 'deskpod-language';
/** The first rendering waits this long for a catalogue; it is in English then, and changes once the catalogue is there. */
const FIRST_MS = 3_000;
const RIGHT_TO_LEFT: ReadonlySet<Language> = new Set(['ar']);

/** What the user chose; `system` follows the browser. */
export const languageChoice = signal<LanguageChoice>('system');
let pickedAtLogin: LanguageChoice | null = null;
/** The language in use. */
export const shownLanguage = signal<Language>('en');

/** The language of the browser, of those that the page has. */
export const languageOfBrowser = (): Language => lookUp(navigator.languages).language;

export const rightToLeft = (): boolean => RIGHT_TO_LEFT.has(shownLanguage.value);

/** The languages of new desktops, preferred first. */
export function languagesForDesktop(): string[] {
  return forDesktop(languageChoice.value, navigator.languages);
}

/** Resolves when the page is in that language. Rejects if its catalogue can't be loaded; the page stays as it is then. */
export async function applyLanguage(choice: LanguageChoice): Promise<void> {
  languageChoice.value = choice;
  writeStored('local', KEY, choice === 'system' ? null : choice);
  const language = choice === 'system' ? languageOfBrowser() : choice;
  const strings = await CATALOGUES[language]();
  // Another one was chosen while this one was loading.
  if (languageChoice.value !== choice) return;
  batch(() => {
    useCatalogue(strings);
    shownLanguage.value = language;
    locale.value = localeFor(language, navigator.languages);
  });
  document.documentElement.lang = language;
  document.documentElement.dir = rightToLeft() ? 'rtl' : 'ltr';
}

/** Applies the last choice before the first rendering. Never rejects: the page is in English if the catalogue is missing. */
export async function restoreLanguage(): Promise<void> {
  const kept = LanguageChoice.safeParse(readStored('local', KEY));
  const applied = applyLanguage(kept.success ? kept.data : 'system').catch((error: unknown) => console.error(error));
  window.addEventListener('languagechange', () => {
    if (languageChoice.value === 'system') void applyLanguage('system').catch((error: unknown) => console.error(error));
  });
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, FIRST_MS);
  await Promise.race([applied, late]);
  clearTimeout(timer);
}

/** For the menu on the login page. The next user who logs in gets the choice as a preference. */
export function pickAtLogin(choice: LanguageChoice): Promise<void> {
  pickedAtLogin = choice;
  return applyLanguage(choice);
}

/** What was picked on the login page since the last login; null if nothing was. */
export function takePickAtLogin(): LanguageChoice | null {
  const picked = pickedAtLogin;
  pickedAtLogin = null;
  return picked;
}
