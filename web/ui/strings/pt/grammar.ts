/** Plurals and lists in Portuguese. */
import { pluralsOf } from '../plurals.ts';

export const many = pluralsOf<'one'>('pt');

const conjunction = new Intl.ListFormat('pt');
export const listed = (names: readonly string[]): string => conjunction.format(names);
