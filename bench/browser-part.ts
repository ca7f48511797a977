/**
 * Parts of the bench that drive a browser, in `browser/`. They are compiled with the browser's types, which the rest, with the
 * server's own code, is compiled without: so they are loaded instead of imported.
 */
import type { Row, Skipped } from './report.ts';
import type { Stage } from './stage.ts';

export interface BrowserOptions {
  readonly runs: number;
  /** Minutes become ten. */
  readonly isLong: boolean;
}

export type BrowserPart = (stage: Stage, options: BrowserOptions) => Promise<(Row | Skipped)[]>;

export async function browserPart(name: 'sound' | 'typing'): Promise<BrowserPart> {
  const part: { readonly measure: BrowserPart } = await import(new URL(`browser/${name}.ts`, import.meta.url).href);
  return part.measure;
}
