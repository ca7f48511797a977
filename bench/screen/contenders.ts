/** Opens those that are compared: ours first, the others if their programs are there or can be installed. */
import { messageOf } from '#domain/errors.ts';
import type { Stage } from '../stage.ts';
import type { Contender, Missing } from './contender.ts';
import { deskpod } from './deskpod.ts';
import { SELKIES, selkies } from './selkies.ts';
import { stock, STOCK, TUNED } from './stock.ts';
import type { Tool, Tools, Without } from './tools.ts';
import { XPRA, xpra } from './xpra.ts';

const XVFB = '/usr/bin/Xvfb';
/** It starts without the library for pictures, and refuses every viewer. */
const XPRA_PACKAGES = ['xpra', 'xvfb', 'python3-pil'] as const;
const XPRA_PATHS = ['/usr/bin/xpra', XVFB, '/usr/lib/python3/dist-packages/PIL/__init__.py'] as const;

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
  const selkiesTool = async () => {
    const display = await tools.debian(['xvfb'], [XVFB]);
    return 'skipped' in display ? display : await tools.python('selkies');
  };
  const others: readonly Other[] = [
    { name: STOCK, isQuick: true, tool: websockify, open: (stack, tool) => stock(stack, stage, tool, false) },
    { name: TUNED, isQuick: false, tool: websockify, open: (stack, tool) => stock(stack, stage, tool, true) },
    { name: XPRA, isQuick: false, tool: () => tools.debian(XPRA_PACKAGES, XPRA_PATHS), open: xpra },
    { name: SELKIES, isQuick: false, tool: selkiesTool, open: selkies },
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
