/** Plurals and lists in French. */
import { pluralsOf } from '../plurals.ts';

export const many = pluralsOf<'one'>('fr');

const conjunction = new Intl.ListFormat('fr');
export const listed = (names: readonly string[]): string => conjunction.format(names);
