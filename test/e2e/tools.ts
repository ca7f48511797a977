/** Runs other programs, such as curl and the deskpod command, and collects their output. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { until } from '#domain/deadlines.ts';

export const ROOT = resolve(import.meta.dirname, '../..');
const TIMEOUT_MS = 60_000;

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  /** Written to standard input, which is then closed. */
  readonly input?: string | undefined;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Runs a program until it exits. A failure is a result, not an exception. */
export async function ran(program: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { input = '', env = {}, signal = AbortSignal.timeout(TIMEOUT_MS) } = options;
  const child = spawn(program, args, { cwd: ROOT, env: { ...process.env, ...env }, signal });
  child.stdin.on('error', () => undefined); // it may exit without reading
  child.stdin.end(input);
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, out, err };
}

/** Runs `deskpod uninstall` without confirmation; rejects if it fails. */
export async function uninstalled(
  { data, run }: { readonly data: string; readonly run: string },
  homes: '--homes' | '--no-homes',
  ...more: readonly string[]
): Promise<string> {
  const args = ['src/cli/cli.ts', 'uninstall', '--yes', homes, '--data', data, '--run', run, ...more];
  const { code, out, err } = await ran(process.execPath, args);
  if (code !== 0) throw new Error(`uninstall ended with ${code}: ${out}${err}`);
  return out;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string[]>>;
  readonly body: string;
  /** The error message of curl, with its exit code. */
  readonly error: string;
}

const MARK = '\u001e';

/** Runs the real curl; rejects only if it cannot be run. */
export async function curl(...args: readonly string[]): Promise<Answer> {
  const format = `${MARK}%{http_code}${MARK}%{header_json}`;
  const { code, out, err } = await ran('curl', ['-sS', '--max-time', '30', '-w', format, ...args]);
  const [body = '', status = '0', headers = '{}'] = out.split(MARK);
  return { status: Number(status), headers: JSON.parse(headers), body, error: code === 0 ? '' : `${code}: ${err}` };
}

/** Runs the deskpod command with a home folder of its own, like one user in one terminal. */
export class Terminal implements AsyncDisposable {
  readonly home: string;

  private constructor(home: string) {
    this.home = home;
  }

  static async open(): Promise<Terminal> {
    return new Terminal(await mkdtemp(join(tmpdir(), 'deskpod-home-')));
  }

  deskpod(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    return ran(process.execPath, ['src/cli/cli.ts', ...args], { ...options, env: { HOME: this.home, ...options.env } });
  }

  /**
   * Runs under `script`, which provides a terminal; `out` is what the terminal shows. Only `env` decides about colours:
   * CI, NO_COLOR and similar variables of the test runner are removed.
   */
  async deskpodAtTerminal(args: readonly string[], input: string, env: RunOptions['env'] = {}): Promise<Ran> {
    const quoted = [process.execPath, 'src/cli/cli.ts', ...args].map((one) => `'${one.replaceAll("'", `'\\''`)}'`);
    const line = `stty rows 30 cols 100; exec ${quoted.join(' ')}`;
    const clean = { HOME: this.home, PATH: process.env['PATH'] ?? '', ...env };
    const variables = Object.entries(clean).map(([name, value]) => `${name}=${value}`);
    return await ran('env', ['-i', ...variables, 'script', '-qec', line, '/dev/null'], { input });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.home, { recursive: true, force: true });
  }
}

/** A program that runs until it is stopped, in the folder of the checkout. */
export class Service {
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  readonly #looks = new Set<() => void>();

  constructor(program: string, args: readonly string[]) {
    this.#child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      if (stream)
        createInterface({ input: stream }).on('line', (line) => {
          this.#lines.push(line);
          for (const look of this.#looks) look();
        });
    this.#child.once('exit', () => {
      for (const look of this.#looks) look();
    });
  }

  /** Resolves when a line of its output contains the words; rejects with its output if it ends before. */
  async says(words: string, timeoutMs = 120_000): Promise<void> {
    const check = (): true | undefined => {
      if (this.#lines.some((line) => line.includes(words))) return true;
      assert.equal(this.#child.exitCode, null, this.#lines.join('\n'));
      return undefined;
    };
    const subscribe = (look: () => void): (() => void) => {
      this.#looks.add(look);
      return () => void this.#looks.delete(look);
    };
    await until(subscribe, check, AbortSignal.timeout(timeoutMs));
  }

  /** Sends the signal of systemd; resolves when it has ended. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit', { signal: AbortSignal.timeout(30_000) });
    this.#child.kill('SIGTERM');
    await ended;
  }
}
