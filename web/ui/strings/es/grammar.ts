/** Plurals and lists in Spanish. */
import { pluralsOf } from '../plurals.ts';

export const many = pluralsOf<'one'>('es');

const conjunction = new Intl.ListFormat('es');
export const listed = (names: readonly string[]): string => conjunction.format(names);
