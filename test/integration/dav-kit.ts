/** Runs a client of `/dav/`. */
import { execFile } from 'node:child_process';

const PATIENCE_MS = 60_000;

/** What it said. Rejects unless it succeeds. */
export function run(
  program: string,
  options: readonly string[],
  env: Readonly<Record<string, string>>,
  input = '',
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      options,
      { env: { ...process.env, ...env }, timeout: PATIENCE_MS },
      (error, out, problems) => (error ? reject(new Error(`${error.message}\n${out}${problems}`)) : resolve(out)),
    );
    child.stdin?.end(input);
  });
}
