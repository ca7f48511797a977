/** Processes of the bench: they get TERM when it ends, in whatever way. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const END_MS = 10_000;
const LINES = 30;

export interface ChildOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

export class Child implements AsyncDisposable {
  readonly #name: string;
  readonly #process: ChildProcess;
  /** The last ones that it printed. */
  readonly #lines: string[] = [];
  readonly #exited: Promise<void>;
  #onLine: (line: string) => void = () => {};

  constructor(command: readonly [string, ...string[]], { env = process.env, cwd = '/' }: ChildOptions = {}) {
    [this.#name] = command;
    // The kernel sends the signal when the bench is killed, too.
    const args = ['--pdeathsig', 'TERM', '--', ...command];
    this.#process = spawn('setpriv', args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#exited = new Promise((resolve) => {
      this.#process.once('exit', () => resolve());
      this.#process.once('error', () => resolve());
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.#note(line));
    }
  }

  #note(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > LINES) this.#lines.shift();
    this.#onLine(line);
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Resolves with the first line, printed from now on, that fits; rejects if it exits first. */
  async line(fits: (line: string) => boolean, ms: number): Promise<string> {
    const found = Promise.withResolvers<string>();
    const late = setTimeout(() => found.reject(this.#failure('is late')), ms);
    this.#onLine = (line) => fits(line) && found.resolve(line);
    // The last lines come after the exit.
    void this.#exited.then(() => setImmediate(() => found.reject(this.#failure('has ended'))));
    return await found.promise.finally(() => clearTimeout(late));
  }

  #failure(what: string): Error {
    return new Error(`${this.#name} ${what}:\n${this.#lines.join('\n')}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill('SIGTERM');
    const kill = setTimeout(() => this.#process.kill('SIGKILL'), END_MS);
    await this.#exited;
    clearTimeout(kill);
  }
}

/** Resolves when `ready` does without an error; it is tried again until then. */
export async function until<T>(what: string, ms: number, ready: () => Promise<T>): Promise<T> {
  const end = performance.now() + ms;
  for (;;) {
    try {
      return await ready();
    } catch (error) {
      if (performance.now() > end) throw new Error(`${what} did not happen`, { cause: error });
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
