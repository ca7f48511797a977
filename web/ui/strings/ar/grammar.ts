/** Plurals, lists and inserted names in Arabic. Digits are 0-9, as in format.ts. */
import { pluralsOf } from '../plurals.ts';

/** All six forms: 0, 1, 2, 3-10, 11-99, and the rest. */
export const many = pluralsOf<'zero' | 'one' | 'two' | 'few' | 'many'>('ar-u-nu-latn');

/** A name in whatever script, between FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE (UAX #9): it doesn't reorder the sentence. */
export const isolated = (name: string): string => `\u2068${name}\u2069`;

const conjunction = new Intl.ListFormat('ar');
export const listed = (names: readonly string[]): string => conjunction.format(names.map(isolated));
