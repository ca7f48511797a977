/** Starts `program.ts` in a contender's display. */
import { Child } from './children.ts';
import { Drawn, type ProgramOptions, READY } from './program-kinds.ts';

const FILE = new URL('program.ts', import.meta.url).pathname;
const READY_MS = 60_000;
/** Besides the time that it shows something. */
const END_MS = 60_000;

/** Its windows are there when this resolves; they go when it's disposed of. */
export async function runProgram(options: ProgramOptions): Promise<Child> {
  const child = new Child([process.execPath, FILE], { env: { ...process.env, PROGRAM: JSON.stringify(options) } });
  try {
    await child.line((line) => line === READY, READY_MS);
    return child;
  } catch (error) {
    await child[Symbol.asyncDispose]();
    throw error;
  }
}

/** Resolves with the number of frames that it has drawn, when all are drawn. */
export async function framesOf(child: Child, ms: number): Promise<number> {
  return Drawn.parse(JSON.parse(await child.line((line) => line.startsWith('{'), ms + END_MS))).frames;
}
