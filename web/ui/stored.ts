/** Small texts that the browser keeps. Its storage may be disabled: then nothing is kept. */
import { ignore } from '#protocol/ignore.ts';

/** `local` outlives the tab, `session` a reload. */
type Area = 'local' | 'session';

export function readStored(area: Area, key: string): string | null {
  try {
    return storage(area).getItem(key);
  } catch (error) {
    return ignore('the browser has no storage', null)(error);
  }
}

/** Null removes it. */
export function writeStored(area: Area, key: string, text: string | null): void {
  try {
    if (text === null) storage(area).removeItem(key);
    else storage(area).setItem(key, text);
  } catch (error) {
    ignore('the browser has no storage')(error);
  }
}

function storage(area: Area): Storage {
  return area === 'local' ? localStorage : sessionStorage;
}
