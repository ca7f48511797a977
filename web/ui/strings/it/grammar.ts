/** Plurals and lists in Italian. */
import { pluralsOf } from '../plurals.ts';

export const many = pluralsOf<'one'>('it');

const conjunction = new Intl.ListFormat('it');
export const listed = (names: readonly string[]): string => conjunction.format(names);
