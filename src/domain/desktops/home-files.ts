/**
 * The files in a desktop's home folder, as a list and as an archive, by commands that run in its graphical container as
 * its user. Symbolic links stay links; shared folders, and other file
 * systems below the home, are excluded.
 */
import { Readable } from 'node:stream';
import type { HomeFile, HomeFiles } from '#protocol/home.ts';
import type { Engine, EngineDesktop } from '../ports/engine.ts';
import { SHARED_FOLDER } from './shared-folders.ts';
import type { ExecSession } from '../ports/engine-launch.ts';
import { DeskpodError } from '../errors.ts';

type Exec = Pick<Engine, 'exec'>;

/** Programs recreate these. */
const LEFT_OUT = ['.cache'];
const MOST_FILES = 200;
const MOST_ARCHIVES = 2;
const LIST_MS = 15_000;
/** The longest time without a byte packed or read. */
const STALLED_MS = 120_000;
const LONGEST_ENTRY = 1 << 16;
const ENTRY = /^(-?\d+)(?:\.\d+)? (\d+) ([^]+)$/;

/** What folders of the home aren't the user's own files. */
type Shared = Pick<EngineDesktop, 'shared'>['shared'];

function leftOut(shared: Shared): readonly string[] {
  return shared.length === 0 ? LEFT_OUT : [...LEFT_OUT, SHARED_FOLDER];
}

const find = (shared: Shared): string =>
  `exec 2>/dev/null; cd && exec find . -xdev ${leftOut(shared)
    .map((name) => `-path ./${name} -prune -o`)
    .join(' ')} \\( -type f -o -type l \\) -printf '%T@ %s %P\\0'`;
const pack = (shared: Shared): string =>
  `exec 2>/dev/null; cd && home=\${PWD##*/} && cd .. && exec tar --create --gzip --sparse --one-file-system --ignore-failed-read --anchored --no-wildcards ${leftOut(
    shared,
  )
    .map((name) => `--exclude="$home/${name}"`)
    .join(' ')} -- "$home"`;

/** Rejects without any result; at the timeout, resolves with the files found so far. */
export async function listHome(
  engine: Exec,
  desktopId: string,
  shared: Shared = [],
  outer?: AbortSignal,
): Promise<HomeFiles> {
  const late = AbortSignal.timeout(LIST_MS);
  const signal = outer ? AbortSignal.any([outer, late]) : late;
  const found = new Found();
  const session = await started(engine, desktopId, find(shared), signal);
  const stop = (): void => void session.stream.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of session.stream) found.take(Buffer.from(chunk));
    const exitCode = await session.exitCode;
    // Exit code 1: a folder couldn't be read.
    if (exitCode !== 0 && found.count === 0) throw unreadable();
    return found.result(exitCode === 0);
  } catch (error) {
    outer?.throwIfAborted();
    if (!late.aborted) throw error;
    if (found.count === 0) throw unreadable(error);
    return found.result(false);
  } finally {
    signal.removeEventListener('abort', stop);
    session.stream.destroy();
  }
}

/** Archives in progress at this server: until they are complete, users can't end their desktops. */
export class HomeArchives {
  readonly #engine: Exec;
  readonly #packing = new Map<string, number>();

  constructor(engine: Exec) {
    this.#engine = engine;
  }

  /** Several at once per desktop, up to a limit; `conflict` beyond. */
  async pack(desktopId: string, shared: Shared = []): Promise<Readable> {
    const others = this.#packing.get(desktopId) ?? 0;
    if (others >= MOST_ARCHIVES)
      throw new DeskpodError('conflict', 'The home folder is already being downloaded.', {
        remedy: 'Wait for that download, or cancel it.',
      });
    this.#packing.set(desktopId, others + 1);
    try {
      const archive = await packHome(this.#engine, desktopId, shared);
      return archive.once('close', () => this.#release(desktopId));
    } catch (error) {
      this.#release(desktopId);
      throw error;
    }
  }

  /** Throws `conflict` during a download, which the end of the desktop would cut off. */
  refuseToEnd(desktopId: string): void {
    if (!this.#packing.has(desktopId)) return;
    throw new DeskpodError('conflict', 'Your home folder is still being downloaded.', {
      remedy: 'Wait for the download, or cancel it.',
    });
  }

  #release(desktopId: string): void {
    const left = (this.#packing.get(desktopId) ?? 1) - 1;
    if (left === 0) this.#packing.delete(desktopId);
    else this.#packing.set(desktopId, left);
  }
}

/** A tar archive, compressed by gzip; it ends with an error if it is incomplete or no longer read. */
export async function packHome(engine: Exec, desktopId: string, shared: Shared = []): Promise<Readable> {
  const begin = new AbortController();
  const timer = setTimeout(() => begin.abort(), LIST_MS);
  // The signal covers the start only: later it would end the command.
  const session = await started(engine, desktopId, pack(shared), begin.signal).finally(() => clearTimeout(timer));
  const archive = Readable.from(bytesOf(session), { objectMode: false });
  // A stream that is destroyed before its first read never enters the generator.
  return archive.once('close', () => session.stream.destroy());
}

async function* bytesOf(session: ExecSession): AsyncGenerator<Buffer> {
  const stalled = new DeskpodError('timeout', 'The archive wasn’t read for two minutes.');
  const timer = setTimeout(() => session.stream.destroy(stalled), STALLED_MS);
  try {
    for await (const chunk of session.stream) {
      timer.refresh();
      yield Buffer.from(chunk);
      timer.refresh();
    }
    const exitCode = await session.exitCode;
    // Exit code 1: a file changed while it was read.
    if (exitCode !== 0 && exitCode !== 1)
      throw new DeskpodError(
        'internal_error',
        `The archive of the home folder is incomplete: tar exited with ${exitCode}.`,
      );
  } finally {
    clearTimeout(timer);
    session.stream.destroy();
  }
}

async function started(engine: Exec, desktopId: string, script: string, signal: AbortSignal): Promise<ExecSession> {
  const session = await engine.exec({ desktopId }, { command: ['sh', '-c', script], tty: null }, signal);
  session.stderr?.resume();
  session.stream.end();
  return session;
}

function unreadable(cause?: unknown): DeskpodError {
  return new DeskpodError('internal_error', 'The home folder couldn’t be read.', {
    remedy: 'Check it in the web shell before you continue.',
    cause,
  });
}

/** Counts all files and collects the newest. */
class Found {
  count = 0;
  #bytes = 0;
  #newest: { path: string; bytes: number; at: number }[] = [];
  #rest = Buffer.alloc(0);
  readonly #decoder = new TextDecoder();

  /** Entries end with NUL, which no name contains. */
  take(chunk: Buffer): void {
    let data = Buffer.concat([this.#rest, chunk]);
    for (let end = data.indexOf(0); end !== -1; end = data.indexOf(0)) {
      this.#add(this.#decoder.decode(data.subarray(0, end)));
      data = data.subarray(end + 1);
    }
    if (data.length > LONGEST_ENTRY) throw unreadable();
    this.#rest = data;
  }

  result(complete: boolean): HomeFiles {
    this.#cut();
    const files = this.#newest.map(({ path, bytes, at }): HomeFile => ({
      path,
      bytes,
      changedAt: new Date(at * 1000).toISOString(),
    }));
    return { files, count: this.count, bytes: this.#bytes, complete, leftOut: [...LEFT_OUT] };
  }

  #add(entry: string): void {
    const [, at, size, path] = ENTRY.exec(entry) ?? [];
    if (path === undefined) throw unreadable(new Error(`find said ${JSON.stringify(entry)}`));
    const bytes = Number(size);
    this.count += 1;
    this.#bytes += bytes;
    // Damaged or forged metadata may hold times outside the range of dates.
    this.#newest.push({ path, bytes, at: Math.min(Math.max(Number(at), 0), LATEST_SECOND) });
    if (this.#newest.length > 2 * MOST_FILES) this.#cut();
  }

  #cut(): void {
    this.#newest.sort((a, b) => b.at - a.at || (a.path < b.path ? -1 : 1));
    this.#newest.length = Math.min(this.#newest.length, MOST_FILES);
  }
}

/** The end of the year 9999: ISO 8601 has four-digit years. */
const LATEST_SECOND = 253_402_300_799;
