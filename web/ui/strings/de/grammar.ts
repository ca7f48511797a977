/** Plurals and lists in German. */
import { pluralsOf } from '../plurals.ts';

export const many = pluralsOf<'one'>('de');

const conjunction = new Intl.ListFormat('de');
export const listed = (names: readonly string[]): string => conjunction.format(names);
