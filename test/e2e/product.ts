/** The product as a user runs it: `deskpod serve` in a process of its own, on a data folder that belongs to the tests. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { type Client, createClient } from '#client/client.ts';

const ROOT = resolve(import.meta.dirname, '../..');
export const DATA = process.env['DESKPOD_TEST_DATA'] ?? '/var/lib/deskpod-test';
export const RUN = process.env['DESKPOD_TEST_RUN'] ?? '/run/deskpod-test';
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;

export interface Places {
  readonly data: string;
  readonly run: string;
}

export class Product implements AsyncDisposable {
  readonly address: string;
  readonly places: Places;
  /** What it wrote so far, for a test that failed. */
  readonly log: string[] = [];
  readonly #port: number;
  readonly #options: readonly string[];
  #process: ChildProcess | null = null;

  private constructor(port: number, options: readonly string[], places: Places) {
    this.places = places;
    this.#port = port;
    this.#options = options;
    this.address = `http://localhost:${port}`;
  }

  /** Elsewhere than in the tests' own folders it starts from nothing, without images. */
  static async start(options: readonly string[] = [], places: Places = { data: DATA, run: RUN }): Promise<Product> {
    const product = new Product(await freePort(), options, places);
    await product.run();
    await product.clear();
    return product;
  }

  /** Removes what an earlier run of the tests left: desktops with their launches. */
  async clear(): Promise<void> {
    const client = await this.administrator();
    for (const { id } of await client.desktops.list()) await client.desktops.remove(id);
  }

  /** As the command line of this machine's root. */
  async administrator(): Promise<Client> {
    const token = (await readFile(join(this.places.data, 'cli-token'), 'utf8')).split('\n')[0] ?? '';
    return createClient({ baseUrl: this.address, token });
  }

  /** Resolves when it listens. */
  async run(): Promise<void> {
    const args = [
      'src/cli/cli.ts',
      'serve',
      '--data',
      this.places.data,
      '--run',
      this.places.run,
      '--port',
      String(this.#port),
      ...this.#options,
    ];
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    const listening = Promise.withResolvers<void>();
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        this.log.push(line);
        if (line.includes('listening on')) listening.resolve();
      });
    }
    child.once('exit', (code) =>
      listening.reject(new Error(`serve ended with ${code}:\n${this.log.slice(-40).join('\n')}`)),
    );
    const late = setTimeout(
      () => listening.reject(new Error(`serve did not listen:\n${this.log.join('\n')}`)),
      START_TIMEOUT_MS,
    );
    await listening.promise.finally(() => clearTimeout(late));
  }

  /** As Ctrl-C does. Resolves with the exit code. */
  async stop(): Promise<number | null> {
    return await this.#end('SIGINT');
  }

  /** As a crash does. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#process;
    this.#process = null;
    if (!child || child.exitCode !== null) return child?.exitCode ?? null;
    const gone = once(child, 'exit', { signal: AbortSignal.timeout(STOP_TIMEOUT_MS) });
    child.kill(signal);
    await gone;
    return child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  server.close();
  if (typeof bound !== 'object' || bound === null) throw new Error('no port');
  return bound.port;
}

export const SCREENSHOTS = join(ROOT, 'test-results');
