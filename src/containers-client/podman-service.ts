/**
 * Podman's API service on the server's own store: found running or started, restarted when it dies, stopped at the end.
 * Containers do not depend on it and go on without it.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, watch } from 'node:fs';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DeskpodError } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';
import { containersConf, inspectMachine, storageConf, type StoreFolders } from './podman-config.ts';

const START_TIMEOUT_MS = 20_000;
const END_TIMEOUT_MS = 5_000;
/** A service that dies sooner than this after its start is not worth starting again and again. */
const SHORT_LIFE_MS = 2_000;
const MAX_SHORT_LIVES = 3;

export class PodmanService implements AsyncDisposable {
  readonly socket: string;
  readonly #folders: StoreFolders;
  readonly #pidFile: string;
  readonly #log: string;
  #starting: Promise<void> | null = null;
  #child: ChildProcess | null = null;
  /** A service that a former server left behind. */
  #adopted: number | null = null;
  #shortLives = 0;
  #disposed = false;

  private constructor(folders: StoreFolders) {
    this.#folders = folders;
    this.socket = join(folders.run, 'podman.sock');
    this.#pidFile = join(folders.run, 'service.pid');
    this.#log = join(folders.run, 'podman.log');
  }

  /** Rejects with `engine_unavailable` when Podman is missing or will not start. */
  static async start(folders: StoreFolders): Promise<PodmanService> {
    const service = new PodmanService(folders);
    await mkdir(folders.run, { recursive: true, mode: 0o700 });
    await mkdir(join(folders.data, 'networks'), { recursive: true, mode: 0o700 });
    await service.ready();
    return service;
  }

  /** Resolves when the socket answers; starts the service again if it died. Costs nothing while it lives. */
  async ready(): Promise<void> {
    if (this.#disposed) throw new DeskpodError('engine_unavailable', 'The container engine was closed.');
    if (this.#child?.exitCode === null && this.#child.signalCode === null && !this.#starting) return;
    if (this.#adopted !== null && alive(this.#adopted)) return;
    this.#starting ??= this.#launch().finally(() => {
      this.#starting = null;
    });
    await this.#starting;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    await this.#starting?.catch(ignore('its caller hears of it'));
    if (this.#child && this.#child.exitCode === null && this.#child.signalCode === null) {
      await endChild(this.#child);
    }
    if (this.#adopted !== null && alive(this.#adopted)) process.kill(this.#adopted, 'SIGTERM');
    if (this.#child ?? this.#adopted) await rm(this.#pidFile, { force: true });
  }

  async #launch(): Promise<void> {
    if (await answers(this.socket)) {
      this.#adopted = await this.#orphan();
      // A live one that belongs to another server is used and left alone.
      if (this.#adopted !== null) await this.#writePid(this.#adopted);
      return;
    }
    this.#adopted = null;
    await rm(this.socket, { force: true });
    const { data, run } = this.#folders;
    const conf = join(run, 'containers.conf');
    const storage = join(run, 'storage.conf');
    await writeFile(conf, containersConf(inspectMachine(), this.#folders), { mode: 0o600 });
    await writeFile(storage, storageConf(this.#folders), { mode: 0o600 });
    // What an image is unpacked and packed in: in /var/tmp it would stay for ever when Podman is killed.
    const scratch = join(data, 'tmp');
    await rm(scratch, { recursive: true, force: true });
    await mkdir(scratch, { recursive: true, mode: 0o700 });
    const variables = [`CONTAINERS_CONF=${conf}`, `CONTAINERS_STORAGE_CONF=${storage}`, `TMPDIR=${scratch}`];
    await this.#spawn(variables, data);
  }

  async #spawn(variables: string[], folder: string): Promise<void> {
    const bornAt = Date.now();
    const awaited = socketAppears(this.socket);
    const service = ['podman', 'system', 'service', '--time', '0', `unix://${this.socket}`];
    // What it says goes to a file: a pipe would end it with its next word after this process was killed. In a group of
    // its own it does not get our terminal's Ctrl-C, so it still answers while we close.
    await using log = await open(this.#log, 'w', 0o600);
    // `env` becomes podman: the process keeps its id and inherits everything else (proxies, PATH).
    const child = spawn('/usr/bin/env', [...variables, ...service], {
      cwd: folder,
      detached: true,
      stdio: ['ignore', 'ignore', log.fd],
    });
    this.#child = child;
    const died = new Promise<never>((_resolve, reject) => {
      child.once('error', reject);
      child.once('exit', () => reject(new Error('ended')));
    });
    child.once('exit', () => this.#revive(bornAt));
    try {
      await Promise.race([awaited.done, died]);
      if (child.pid !== undefined) await this.#writePid(child.pid);
    } catch (cause) {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      const words = await readFile(this.#log, 'utf8').catch(ignore('the service wrote no log', ''));
      throw new DeskpodError('engine_unavailable', `Podman's service did not start: ${lastLine(words)}`, {
        remedy: 'Install the package podman (and runc), or name the socket of another engine.',
        cause,
      });
    } finally {
      awaited.stop();
    }
  }

  #revive(bornAt: number): void {
    this.#shortLives = Date.now() - bornAt < SHORT_LIFE_MS ? this.#shortLives + 1 : 0;
    if (this.#disposed || this.#starting || this.#shortLives >= MAX_SHORT_LIVES) return;
    // Whoever calls next hears why if this fails.
    this.ready().catch(ignore('the next caller hears of it'));
  }

  /** The pid of the living service when the server that started it is gone, else null. */
  async #orphan(): Promise<number | null> {
    const text = await readFile(this.#pidFile, 'utf8').catch(ignore('the file is not there', ''));
    const [pid, owner] = text.split(' ').map(Number);
    if (!pid || !owner || !alive(pid)) return null;
    const owned = owner === process.pid || !alive(owner);
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(ignore('the process has ended', ''));
    return owned && command.includes(this.socket) ? pid : null;
  }

  async #writePid(pid: number): Promise<void> {
    await writeFile(this.#pidFile, `${pid} ${process.pid}`, { mode: 0o600 });
  }
}

async function endChild(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timeout = new AbortController();
  const timer = delay(END_TIMEOUT_MS, undefined, { signal: timeout.signal }).then(
    () => child.kill('SIGKILL'),
    () => undefined,
  );
  await exited;
  timeout.abort();
  await timer;
}

/** Resolves when a server listens at `path`, by watching its folder; rejects after a timeout. */
function socketAppears(path: string): { done: Promise<void>; stop: () => void } {
  const stopped = new AbortController();
  const signal = AbortSignal.any([stopped.signal, AbortSignal.timeout(START_TIMEOUT_MS)]);
  const watcher = watch(join(path, '..'), { signal, persistent: false });
  const done = new Promise<void>((resolve, reject) => {
    const check = async (): Promise<void> => {
      // The file appears a moment before its owner listens.
      for (let tries = 0; tries < 50 && existsSync(path) && !signal.aborted; tries += 1) {
        if (await answers(path)) return resolve();
        await delay(10);
      }
    };
    watcher.on('change', () => void check());
    watcher.on('error', reject);
    signal.addEventListener('abort', () => reject(new Error('no socket in time')), { once: true });
  });
  done.catch(ignore('the waiter hears of it'));
  return { done, stop: () => stopped.abort() };
}

async function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(socket);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return ignore('there is no such process', false)(error);
  }
}

function lastLine(words: string): string {
  return words.trim().split('\n').at(-1)?.trim() || 'it said nothing.';
}
