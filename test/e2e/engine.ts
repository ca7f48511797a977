/** What tests ask of the engine itself, on this machine or on the cluster; and tests that need one of the two. */
import { eventually } from './faults-kit.ts';
import * as machine from './machine.ts';
import { ENGINE, type Product } from './product.ts';

type EngineName = 'containers' | 'kubernetes';

/** For `skip` of a test that makes sense on one engine only: false on that engine, otherwise the reason. */
export function onlyOn(engine: EngineName, because: string): string | false {
  return ENGINE === engine ? false : `only on ${engine}: ${because}`;
}

/** Ends a desktop from outside, without the product. */
export async function killDesktop({ stage }: Product, id: string): Promise<void> {
  if (stage === null) await machine.engineApi.text('POST', `/containers/${id}/kill`);
  else await stage.killDesktop(id);
}

/** The names of everything that the product has on its engine, to compare with later. */
export function everything({ stage }: Product): Promise<string[]> {
  return stage === null ? machine.everything() : stage.objects();
}

/** Waits until nothing is there that was not there before. */
export async function isBackTo(product: Product, before: readonly string[]): Promise<void> {
  if (product.stage === null) return await machine.isBackTo(before);
  let more: string[] = [];
  await eventually('everything is as it was', async () => {
    more = (await everything(product)).filter((name) => !before.includes(name));
    return more.length === 0 ? true : null;
  }).catch((cause: unknown) => {
    throw new Error(`left behind: ${more.join(', ')}`, { cause });
  });
  return undefined;
}
