/** The page of one screen, `/screen/ID?main=PAGE`, and with `&window=ID` of one app's window. Pure. */
import { ScreenId } from '#protocol/screens.ts';
import { z } from 'zod';

export interface ScreenAddress {
  readonly id: number;
  /** The main page that has opened it. */
  readonly main: string;
  /** The X window that it shows alone, or null. */
  readonly app: number | null;
}

const Query = z.object({
  id: z.string().regex(/^\d+$/).transform(Number).pipe(ScreenId.min(1)),
  main: z.string().min(1).max(64),
  app: z.string().regex(/^\d+$/).transform(Number).pipe(z.int().positive()).nullable(),
});

/** Null for the page of a desktop. `base` is the prefix of all pages. */
export function screenInAddress({ pathname, search }: { pathname: string; search: string }, base: string) {
  const prefix = `${base}screen/`;
  if (!pathname.startsWith(prefix)) return null;
  const query = new URLSearchParams(search);
  const found = Query.safeParse({
    id: pathname.slice(prefix.length),
    main: query.get('main'),
    app: query.get('window'),
  });
  return found.success ? (found.data satisfies ScreenAddress) : null;
}

export function screenPath({ id, main, app }: ScreenAddress): string {
  const query = new URLSearchParams({ main, ...(app === null ? {} : { window: String(app) }) });
  return `screen/${id}?${query.toString()}`;
}
