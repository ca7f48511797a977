/** Paths at which this page itself puts files: by upload, move, copy or from the trash. Nobody has to be told of these. */

/** The oldest are forgotten first. */
const MOST = 10_000;

const own = new Set<string>();

/** Before it does, as the file may be listed before the server's answer arrives. */
export function noteOwn(path: string): void {
  own.add(path);
  const [oldest] = own;
  if (own.size > MOST && oldest !== undefined) own.delete(oldest);
}

export function forgetOwn(path: string): void {
  own.delete(path);
}

export const isOwn = (path: string): boolean => own.has(path);

export const ownPaths = (): readonly string[] => [...own];

/** After logout. */
export function forgetAllOwn(): void {
  own.clear();
}
