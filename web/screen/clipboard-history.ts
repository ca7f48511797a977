/** What was copied in the desktop or pasted into it, if the installation allows to keep it: in the memory of this page. */
import { signal } from '@preact/signals';
import { clipboardState, session } from '../state/store.ts';
import { type Copied, hasForms, isEmpty } from './copied.ts';

export interface Earlier {
  readonly key: number;
  readonly copied: Copied;
}

const MOST = 10;

/** Newest first. */
export const earlier = signal<readonly Earlier[]>([]);
let keys = 0;

export function keepEarlier(copied: Copied): void {
  if (clipboardState.value?.rights.history !== true || isEmpty(copied)) return;
  keys += 1;
  // The same text comes by RFB and with its other forms, in any order.
  const isSame = (one: Earlier): boolean => copied.text !== null && one.copied.text === copied.text;
  const richer = hasForms(copied) ? undefined : earlier.value.find(isSame)?.copied;
  const others = earlier.value.filter((one) => !isSame(one));
  earlier.value = [{ key: keys, copied: richer ?? copied }, ...others].slice(0, MOST);
}

export function forgetEarlier(): void {
  earlier.value = [];
}

session.subscribe((now) => {
  if (now === null) forgetEarlier();
});
