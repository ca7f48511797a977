/** A command line in a terminal of its own, as somebody types it: how long until its prompt is there. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PROMPT, visible } from './prompt.ts';
import { TIMEOUT_MS } from './stage.ts';

/** The clock starts when the shell is about to run the line: making the terminal is not the peer's work. */
const MARK = 'the line begins';

/** Types `exit` when the prompt is there, and resolves when all is over. */
export async function promptOf(line: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const quoted = line.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const child = spawn('script', ['-qec', `stty rows 30 cols 100; echo "${MARK}"; exec ${quoted}`, '/dev/null'], {
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const over = once(child, 'exit');
  const seen = Promise.withResolvers<number>();
  let shown = '';
  let begun = 0;
  child.stdout.on('data', (bytes: Buffer) => {
    shown += bytes.toString();
    if (begun === 0 && shown.includes(MARK)) begun = performance.now();
    if (PROMPT.test(visible(shown))) seen.resolve(performance.now() - begun);
  });
  over.then(
    () => seen.reject(new Error(`${line.join(' ')} ended without a prompt:\n${shown}`)),
    (error: unknown) => seen.reject(error),
  );
  const ms = await seen.promise;
  child.stdin.write('exit\n');
  await over;
  return ms;
}
