/** Runs each test file in its own process; the run always ends, and leaves no process behind. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ignore } from '#protocol/ignore.ts';
import { endDescendants } from './descendants.ts';
import { type Plan, Result } from './plan.ts';
import { emptyReport, type Report } from './report.ts';
import { secondTry } from './second-try.ts';
import { fileLimitMs } from './time-limits.ts';

/** Each file, server and command line is a process that would compile the same modules again. */
const COMPILED = join(tmpdir(), 'node-compile-cache');
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Files {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  /** How many files run side by side. */
  readonly atOnce: number;
  /** When the run has to end, in milliseconds since the epoch; default: null, never. */
  readonly until?: number | null;
  /** Of the files with the same group, one runs at a time; null: beside any other. Default: none has one. */
  readonly groupOf?: (path: string) => string | null;
  /** How long a file may run, in milliseconds; default: `fileLimitMs`. */
  readonly limitOf?: (path: string) => number;
  /** Gives each file an installation of its own (`slots.ts`). */
  readonly slots?: boolean;
  /** Whether up to three files that failed run once more, alone. */
  readonly secondTry?: boolean;
  /** What the run reports at its end is added to it. */
  readonly report?: Report;
}

/** The exit code: 0 if all passed. A signal to this process also ends the files and what they started. */
export async function runFiles(files: readonly string[], options: Files): Promise<number> {
  const { report = emptyReport(), until = null } = options;
  const first = await runOnce(files, options);
  report.files.push(...first.results);
  report.notRun.push(...first.notRun);
  if (options.secondTry !== true || first.code !== 1 || first.notRun.length > 0) return first.code;
  const again = secondTry(first.results, until === null ? Infinity : until - Date.now());
  if (again.files.length === 0) return first.code;
  const names = again.files.join(', ');
  if (again.refused !== null) {
    console.log(`\nThese failed, and there is no second try, because ${again.refused}: ${names}\n`);
    return first.code;
  }
  console.log(`\nThese failed and run once more, alone: ${names}\n`);
  const second = await runOnce(again.files, { ...options, atOnce: 1 });
  report.secondTries.push(...second.results);
  report.firstFailures.push(...first.results.flatMap(({ passed, failures }) => (passed ? [] : [failures.trim()])));
  if (second.code <= 1) report.flaky.push(...second.results.filter(({ passed }) => passed).map(({ name }) => name));
  return second.code;
}

interface Once {
  readonly code: number;
  readonly results: readonly Result[];
  readonly notRun: readonly string[];
}

async function runOnce(
  files: readonly string[],
  { root, env, atOnce, until = null, groupOf = () => null, limitOf = fileLimitMs, slots = false }: Files,
): Promise<Once> {
  const scratch = await mkdtemp(join(tmpdir(), 'deskpod-run-'));
  const plan: Plan = {
    files: files.map((path) => ({ path, group: groupOf(path), limitMs: limitOf(path) })),
    atOnce,
    imports: ['limits.ts', ...(slots ? ['slots.ts'] : [])].map((name) => join(import.meta.dirname, name)),
    until,
    results: join(scratch, 'results'),
  };
  const args = [join(import.meta.dirname, 'ordered.ts'), JSON.stringify(plan)];
  const more = { NODE_COMPILE_CACHE: COMPILED, DESKPOD_TEST_SLOTS: String(atOnce) };
  try {
    const code = await runProgram(process.execPath, args, { root, env: { ...more, ...env } });
    const text = await readFile(plan.results, 'utf8').catch(ignore('the run was interrupted', ''));
    const results = text.split('\n').flatMap((line) => (line === '' ? [] : [Result.parse(JSON.parse(line))]));
    const ran = new Set(results.map(({ name }) => name));
    return { code, results, notRun: code > 1 ? [] : files.filter((path) => !ran.has(path)) };
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
