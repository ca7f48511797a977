/** The catalogue in use. Other languages are objects of type `Strings`; until one exists English is the only one. */
import { en } from './en.ts';

type Translated<T> = {
  [K in keyof T]: T[K] extends string ? string : T[K] extends (...given: never[]) => unknown ? T[K] : Translated<T[K]>;
};
export type Strings = Translated<typeof en>;

export const t: Strings = en;
