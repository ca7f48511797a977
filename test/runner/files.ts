/** Runs each test file in its own process; the run always ends, and leaves no process behind. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endDescendants } from './descendants.ts';

/** Also stops a file that can't stop itself because its event loop never idles. */
const HARD_LIMIT_MS = 30 * 60_000;
/** Each file, server and command line is a process that would compile the same modules again. */
const COMPILED = join(tmpdir(), 'node-compile-cache');
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Files {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  /** How many files run side by side. */
  readonly atOnce: number;
  /** Where the duration of each file is written, for `readTimes`. */
  readonly times?: string;
}

/** The exit code: 0 if all passed. A signal to this process also ends the files and what they started. */
export function runFiles(files: readonly string[], { root, env, atOnce, times }: Files): Promise<number> {
  const args = [
    '--test',
    `--import=${join(import.meta.dirname, 'limits.ts')}`,
    `--test-timeout=${HARD_LIMIT_MS}`,
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${join(import.meta.dirname, 'failures.ts')}`,
    '--test-reporter-destination=stderr',
    ...(times === undefined
      ? []
      : [`--test-reporter=${join(import.meta.dirname, 'times.ts')}`, `--test-reporter-destination=${times}`]),
    `--test-concurrency=${atOnce}`,
    ...files,
  ];
  return runProgram(process.execPath, args, { root, env: { NODE_COMPILE_CACHE: COMPILED, ...env } });
}

/** The exit code of a program that ends with this process. With `print`, its output arrives there in one piece. */
export async function runProgram(
  program: string,
  args: readonly string[],
  { root, env, print }: Pick<Files, 'root' | 'env'> & { readonly print?: (output: string) => void },
): Promise<number> {
  const out = print === undefined ? 'inherit' : 'pipe';
  const child = spawn(program, args, { cwd: root, stdio: ['inherit', out, out], env });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => output.push(chunk));
  const stop = (): void => {
    process.exitCode = 130;
    if (child.pid === undefined) return;
    // Its descendants can only be found while it runs.
    void endDescendants(child.pid).finally(() => child.kill('SIGKILL'));
  };
  for (const name of SIGNALS) process.once(name, stop);
  const [code] = await once(child, print === undefined ? 'exit' : 'close');
  print?.(Buffer.concat(output).toString().trim());
  for (const name of SIGNALS) process.off(name, stop);
  if (process.exitCode === 130) return 130;
  return typeof code === 'number' ? code : 1;
}
