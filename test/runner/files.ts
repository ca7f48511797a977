/** Runs each test file in its own process; the run always ends, and leaves no process behind. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ignore } from '#protocol/ignore.ts';
import { endDescendants } from './descendants.ts';

/** Also stops a file that can't stop itself because its event loop never idles. */
const HARD_LIMIT_MS = 30 * 60_000;
/** Each file, server and command line is a process that would compile the same modules again. */
const COMPILED = join(tmpdir(), 'node-compile-cache');
/** If more files fail, the reason isn't a coincidence. */
const MOST_RETRIED = 3;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Files {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  /** How many files run side by side. */
  readonly atOnce: number;
  /** Where the duration of each file is written, for `readTimes`. */
  readonly times?: string;
  /** If given, up to three files that failed run once more, alone. The names of those that then pass are added to it. */
  readonly flaky?: string[];
  /** Gives each file an installation of its own (`slots.ts`). */
  readonly slots?: boolean;
}

/** The exit code: 0 if all passed. A signal to this process also ends the files and what they started. */
export async function runFiles(files: readonly string[], options: Files): Promise<number> {
  const first = await runOnce(files, options);
  const { failed } = first;
  if (options.flaky === undefined || first.code !== 1 || failed.length === 0 || failed.length > MOST_RETRIED)
    return first.code;
  console.log(`\nThese failed and run once more, alone: ${failed.join(', ')}\n`);
  const { times: _, ...others } = options;
  const second = await runOnce(failed, { ...others, atOnce: 1 });
  if (second.code <= 1) options.flaky.push(...failed.filter((file) => !second.failed.includes(file)));
  return second.code;
}

/** The end of the output of a run; empty if no file needed a second try. */
export function flakyReport(flaky: readonly string[]): string {
  return flaky.length === 0 ? '' : ['Passed only at the second try (report these):', ...flaky].join('\n  ');
}

async function runOnce(
  files: readonly string[],
  { root, env, atOnce, times, slots = false }: Files,
): Promise<{ readonly code: number; readonly failed: readonly string[] }> {
  const scratch = await mkdtemp(join(tmpdir(), 'deskpod-run-'));
  const passed = join(scratch, 'passed');
  const args = [
    join(import.meta.dirname, 'ordered.ts'),
    `--at-once=${atOnce}`,
    `--timeout-ms=${HARD_LIMIT_MS}`,
    ...['limits.ts', ...(slots ? ['slots.ts'] : [])].map((name) => `--import=${join(import.meta.dirname, name)}`),
    `--passed=${passed}`,
    ...(times === undefined ? [] : [`--times=${times}`]),
    '--',
    ...files,
  ];
  const more = { NODE_COMPILE_CACHE: COMPILED, DESKPOD_TEST_SLOTS: String(atOnce) };
  try {
    const code = await runProgram(process.execPath, args, { root, env: { ...more, ...env } });
    const lines = (await readFile(passed, 'utf8').catch(ignore('the run was interrupted', ''))).split('\n');
    return { code, failed: files.filter((file) => !lines.includes(resolve(root, file))) };
  } finally {
    await rm(scratch, { recursive: true });
  }
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
