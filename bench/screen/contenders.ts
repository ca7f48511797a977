/** Opens those that are compared: ours first, the others if their programs are there or can be installed. */
import { messageOf } from '#domain/errors.ts';
import type { Stage } from '../stage.ts';
import type { Contender, Missing } from './contender.ts';
import { deskpod } from './deskpod.ts';
import { stock, STOCK, TUNED } from './stock.ts';
import type { Tool, Tools, Without } from './tools.ts';

interface Other {
  readonly name: string;
  readonly isQuick: boolean;
  readonly tool: () => Promise<Tool | Without>;
  readonly open: (owned: AsyncDisposableStack, tool: Tool) => Promise<Contender>;
}

/** They belong to `owned`. */
export async function contenders(
  owned: AsyncDisposableStack,
  stage: Stage,
  tools: Tools,
  isQuick: boolean,
  log: (line: string) => void,
): Promise<(Contender | Missing)[]> {
  const websockify = () => tools.python('websockify');
  const others: readonly Other[] = [
    { name: STOCK, isQuick: true, tool: websockify, open: (stack, tool) => stock(stack, stage, tool, false) },
    { name: TUNED, isQuick: false, tool: websockify, open: (stack, tool) => stock(stack, stage, tool, true) },
  ];
  const all: (Contender | Missing)[] = [await deskpod(owned, stage)];
  for (const { name, tool, open } of others.filter((one) => one.isQuick || !isQuick)) {
    const found = await tool();
    if ('skipped' in found) {
      all.push({ name, ...found });
      continue;
    }
    log(`bench: opens ${name}`);
    // What it has opened until it fails is closed at once.
    const own = new AsyncDisposableStack();
    try {
      all.push(await open(own, found));
      owned.use(own);
    } catch (error) {
      await own.disposeAsync();
      all.push({ name, skipped: `it doesn't start: ${messageOf(error)}` });
    }
  }
  return all;
}
