/** Variables that launches inherit from their desktop. */
import type { Environment } from '#protocol/app.ts';

const INHERITED: ReadonlySet<string> = new Set(['TZ', 'LANG', 'LANGUAGE', 'LC_ALL', 'X11LISTEN']);

export function inherited(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => INHERITED.has(name)));
}
