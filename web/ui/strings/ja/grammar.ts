/** Plurals and lists in Japanese: one form for every count. */
import { pluralsOf } from '../plurals.ts';

export const many = pluralsOf<never>('ja');

const conjunction = new Intl.ListFormat('ja');
export const listed = (names: readonly string[]): string => conjunction.format(names);
