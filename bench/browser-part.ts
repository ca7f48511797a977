/**
 * Parts of the bench that drive a browser, in `browser/` and `screen/`. They are compiled with the browser's types, which the rest, with the
 * server's own code, is compiled without: so they are loaded instead of imported.
 */
import type { Row, Skipped } from './report.ts';
import type { Results } from './screen/results.ts';
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

export interface ScreenOptions {
  /** Turns. */
  readonly runs: number;
  /** A few figures beside the first other, in less than three minutes; installs nothing. */
  readonly isQuick: boolean;
  /** Where programs are installed that aren't Debian's. */
  readonly folder: string;
  readonly log: (line: string) => void;
}

export type ScreenPart = (stage: Stage, options: ScreenOptions) => Promise<Results>;

export async function screenPart(): Promise<ScreenPart> {
  const part: { readonly measure: ScreenPart } = await import(new URL('screen/screen.ts', import.meta.url).href);
  return part.measure;
}
