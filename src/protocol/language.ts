/** The languages of the browser's pages, by their BCP 47 tags. */
import { z } from 'zod';

export const LANGUAGES = ['en', 'fr', 'de', 'es', 'it', 'pt', 'ja', 'ar'] as const;
export type Language = (typeof LANGUAGES)[number];

/** What a user chose; `system` is the language of the browser. */
export const LanguageChoice = z.enum(['system', ...LANGUAGES]);
export type LanguageChoice = z.infer<typeof LanguageChoice>;
