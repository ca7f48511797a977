/** Which apps a run of `npm run test:apps` tries: those that are named, or a share of all. Pure. */

export interface Choice {
  /** Empty: all. */
  readonly names: readonly string[];
  /** `1/4`: the first of four shares. */
  readonly shard?: string | undefined;
}

/** Throws for a name that there is no app of, and for a share that isn't one. */
export function chosen<T extends { readonly name: string }>(apps: readonly T[], { names, shard = '1/1' }: Choice): T[] {
  const unknown = names.filter((name) => !apps.some((app) => app.name === name));
  if (unknown.length > 0)
    throw new Error(`There is no app ${unknown.join(', ')}. Apps: ${apps.map(({ name }) => name).join(', ')}.`);
  const [part, parts] = partsOf(shard);
  const wanted = apps.filter(({ name }) => names.length === 0 || names.includes(name));
  return wanted.filter((_app, at) => at % parts === part - 1);
}

function partsOf(shard: string): readonly [part: number, parts: number] {
  const [, part, parts] = /^(\d{1,3})\/(\d{1,3})$/.exec(shard) ?? [];
  const numbers = [Number(part), Number(parts)] as const;
  if (numbers[0] >= 1 && numbers[0] <= numbers[1]) return numbers;
  throw new Error(`--shard ${shard} is not a share. Use for example 1/4.`);
}
