/** The product as a user runs it: `deskpod serve` in a process of its own, on a data folder for tests. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { DEMO_PEOPLE } from '#auth/demo-directory.ts';
import { type Client, createClient } from '#client/client.ts';
import type { Role } from '#protocol/user.ts';
import { openStore } from '#store/open.ts';
import type { Stage } from '../kubernetes/stage.ts';

const ROOT = resolve(import.meta.dirname, '../..');
export const DATA = process.env['DESKPOD_TEST_DATA'] ?? '/var/lib/deskpod-test';
export const RUN = process.env['DESKPOD_TEST_RUN'] ?? '/run/deskpod-test';
/** `kubernetes`: runs tests on the cluster of `KUBECONFIG` instead of this machine. */
export const ENGINE = process.env['DESKPOD_TEST_ENGINE'] ?? 'containers';
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;

export interface Places {
  readonly data: string;
  readonly run: string;
}

export class Product implements AsyncDisposable {
  readonly address: string;
  readonly places: Places;
  /** The cluster that it runs on; null on this machine. */
  readonly stage: Stage | null;
  /** The log output so far, for failed tests. */
  readonly log: string[] = [];
  readonly #port: number;
  readonly #options: readonly string[];
  readonly #root: string;
  readonly #owned = new AsyncDisposableStack();
  #process: ChildProcess | null = null;

  private constructor(
    port: number,
    options: readonly string[],
    places: Places,
    { root = ROOT, stage = null }: { readonly root?: string; readonly stage?: Stage | null } = {},
  ) {
    this.places = places;
    this.stage = stage;
    this.#root = root;
    this.#port = port;
    this.#options = options;
    this.address = `http://localhost:${port}`;
  }

  /** A folder other than that of the tests starts empty, without images. `root`: another checkout. */
  static async start(options: readonly string[] = [], places?: Places, root = ROOT): Promise<Product> {
    if (ENGINE === 'kubernetes' && places === undefined) return await Product.#onCluster(options);
    const product = new Product(await freePort(), options, places ?? { data: DATA, run: RUN }, { root });
    if (places === undefined) await addStaff(DATA);
    await product.run();
    await product.clear();
    return product;
  }

  static async #onCluster(options: readonly string[]): Promise<Product> {
    const { clusterStage } = await import('../kubernetes/stage.ts');
    const stage = await clusterStage(options);
    const product = new Product(await freePort(), stage.options, stage.places, { stage });
    product.#owned.use(stage);
    await addStaff(stage.places.data);
    await product.run();
    await stage.addApps(product.address, await product.administratorToken());
    return product;
  }

  /** The product of another checkout, which may be older, on the folders of the tests. Removes nothing. */
  static async of(root: string, options: readonly string[] = []): Promise<Product> {
    const product = new Product(await freePort(), options, { data: DATA, run: RUN }, { root });
    await product.run();
    return product;
  }

  /** Removes what an earlier test run left: desktops and their launches. */
  async clear(): Promise<void> {
    const client = await this.administrator();
    for (const { id } of await client.desktops.list()) await client.desktops.remove(id);
  }

  /** The client that root's command line on this machine uses. */
  async administrator(): Promise<Client> {
    return createClient({ baseUrl: this.address, token: await this.administratorToken() });
  }

  async administratorToken(): Promise<string> {
    return (await readFile(join(this.places.data, 'cli-token'), 'utf8')).split('\n')[0] ?? '';
  }

  /** A file in the home of a user, as root of this machine sees it. */
  home(user: string, ...path: readonly string[]): string {
    return join(this.stage?.homes ?? join(this.places.data, 'homes'), user, ...path);
  }

  /** The registry of our own images. */
  get registry(): string {
    return this.stage?.registry ?? 'localhost/deskpod';
  }

  /** The pid of the server process; 0 if it is not running. */
  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  /** The pid of the process that serves browsers; on one machine, the engine process starts it. */
  async serverPid(): Promise<number> {
    const children = await readFile(`/proc/${this.pid}/task/${this.pid}/children`, 'utf8');
    for (const child of children.trim().split(' ').filter(Boolean)) {
      const command = await readFile(`/proc/${child}/cmdline`, 'utf8').catch(() => '');
      if (command.includes('\0--engine-process=')) return Number(child);
    }
    return this.pid;
  }

  /** Resolves when the server listens. */
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
    const child = spawn(process.execPath, args, { cwd: this.#root, stdio: ['ignore', 'pipe', 'pipe'] });
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

  /** Sends the signal of Ctrl-C. Resolves to the exit code. */
  async stop(): Promise<number | null> {
    return await this.#end('SIGINT');
  }

  /** Kills the process, like a crash. */
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

  /** Waits until the process ends by itself; resolves to its exit code. */
  async exited(): Promise<number | null> {
    const child = this.#process;
    this.#process = null;
    if (child !== null && child.exitCode === null)
      await once(child, 'exit', { signal: AbortSignal.timeout(STOP_TIMEOUT_MS) });
    return child?.exitCode ?? null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.#owned.disposeAsync();
  }
}

/** The demo users have no roles. In the tests' own folders two of them are local users, with short passwords and roles. */
const STAFF: Readonly<Record<string, Role>> = { leela: 'support', professor: 'admin' };

async function addStaff(data: string): Promise<void> {
  await mkdir(data, { recursive: true, mode: 0o711 });
  await using store = await openStore({ kind: 'sqlite', file: join(data, 'deskpod.db') });
  for (const user of DEMO_PEOPLE) {
    const role = STAFF[user.id];
    if (role === undefined || (await store.users.find(user.id)) !== null) continue;
    await store.users.add({ ...user, labels: [...user.labels, role] });
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
