/** Plurals and lists in English. */
import { pluralsOf } from '../plurals.ts';

/** `1 window`, `2 windows`. */
export const many = pluralsOf<'one'>('en');

const conjunction = new Intl.ListFormat('en');
/** `a, b, and c` */
export const listed = (names: readonly string[]): string => conjunction.format(names);
