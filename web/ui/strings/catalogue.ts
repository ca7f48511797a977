/** The catalogue in use. English is part of the page; the others are loaded when they are chosen. */
import type { Language } from '#protocol/language.ts';
import { signal } from '@preact/signals';
import { en } from './en/strings.ts';
import type { Strings } from './type.ts';

const inUse = signal<Strings>(en);

/** Components that read it render again when the language changes. Read it when a text is shown, not when a file loads. */
export const t: Strings = new Proxy<Strings>(en, { get: (_, key) => Reflect.get(inUse.value, key) });

export function useCatalogue(strings: Strings): void {
  inUse.value = strings;
}

/** Each is a file of its own for the browser. */
export const CATALOGUES: Readonly<Record<Language, () => Promise<Strings>>> = {
  en: async () => en,
  fr: async () => (await import('./fr/strings.ts')).fr,
  de: async () => (await import('./de/strings.ts')).de,
  es: async () => (await import('./es/strings.ts')).es,
  it: async () => (await import('./it/strings.ts')).it,
  pt: async () => (await import('./pt/strings.ts')).pt,
  ja: async () => (await import('./ja/strings.ts')).ja,
  ar: async () => (await import('./ar/strings.ts')).ar,
};

/** Each language in itself. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  en: 'English',
  fr: 'Français',
  de: 'Deutsch',
  es: 'Español',
  it: 'Italiano',
  pt: 'Português',
  ja: '日本語',
  ar: 'العربية',
};
