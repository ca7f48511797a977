/** Keys as the keyboards of the page's language have them. */
import { t } from './strings/catalogue.ts';

/** `Strg` for `Ctrl` in German; keys with a letter or an arrow are the same everywhere. */
export function keyName(key: string): string {
  if (key === 'Ctrl') return t.keyNames.ctrl;
  return key === 'Space' ? t.keyNames.space : key;
}
