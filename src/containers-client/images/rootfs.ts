/**
 * Debian as a tar file, built by mmdebstrap from this machine's mirror and kept: another engine, or one that was reset,
 * imports it again. It gets its name only when it is complete.
 */
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { DeskpodError, messageOf } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';
import { carriedOptions, debianSources, RELEASE } from './apt-sources.ts';

const KEPT_LINES = 20;
/** Increment it when a change of the arguments below makes old tar files invalid. */
const RECIPE = 1;

/**
 * It creates many mounts and processes. They run in their own mount and process namespaces, which end with this
 * program, so that nothing is left behind.
 */
const ALONE = ['--pdeathsig', 'KILL', 'unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];

/** Sources of a tar file, without mirrors and proxies, which give the same Debian. */
export const ROOTFS_SOURCE = createHash('sha256').update(`${RECIPE} ${RELEASE} ${process.arch}`).digest('hex');

export interface RootfsOptions {
  /** For the tar file; created if necessary. */
  readonly workDir: string;
  /** A tar file that was built before is replaced. */
  readonly refreshBefore?: Date | undefined;
}

/** The path of the tar file. */
export async function makeRootfs(
  { workDir, refreshBefore }: RootfsOptions,
  report: (line: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const tar = join(workDir, `rootfs-${RELEASE}-${ROOTFS_SOURCE.slice(0, 12)}.tar`);
  const present = await stat(tar).catch(ignore('it is built below', null));
  if (present !== null && (refreshBefore === undefined || present.mtime >= refreshBefore)) return tar;
  const scratch = join(workDir, 'rootfs.tmp');
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch, { recursive: true, mode: 0o711 });
  const unfinished = join(scratch, 'rootfs.tar');
  const [sources, options] = await Promise.all([machineSources(), machineOptions()]);
  report(`mmdebstrap ${RELEASE}`);
  await mmdebstrap(
    [...options.map((option) => `--aptopt=${option}`), RELEASE, unfinished, ...sources],
    scratch,
    report,
    signal,
  );
  await rename(unfinished, tar);
  await rm(scratch, { recursive: true, force: true });
  return tar;
}

async function mmdebstrap(
  args: readonly string[],
  scratch: string,
  report: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const lean = ['doc', 'man', 'info', 'locale', 'lintian'].map((part) => `--dpkgopt=path-exclude=/usr/share/${part}/*`);
  const fixed = ['--variant=apt', '--components=main', '--dpkgopt=force-unsafe-io', ...lean];
  const command = ['env', `TMPDIR=${scratch}`, 'mmdebstrap', ...fixed, ...args];
  const child = spawn('setpriv', [...ALONE, ...command], { stdio: ['ignore', 'ignore', 'pipe'] });
  // `unshare` ignores SIGTERM while it waits; its namespace is killed with it.
  const stop = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', stop, { once: true });
  const last: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    last.push(line);
    if (last.length > KEPT_LINES) last.shift();
    if (line.startsWith('I: ')) report(line.slice(3));
  });
  try {
    const [code] = await once(child, 'close');
    signal.throwIfAborted();
    if (code !== 0) throw new Error(last.join('\n'));
  } catch (cause) {
    signal.throwIfAborted();
    throw new DeskpodError('internal_error', `Debian ${RELEASE} could not be built: ${lastLine(cause)}`, {
      remedy:
        'Check that this machine reaches its package mirror (apt-get update), or name an image with --base-image.',
      cause,
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function lastLine(cause: unknown): string {
  const lines = messageOf(cause).trim().split('\n');
  return lines.findLast((line) => /^E:|error/i.test(line)) ?? lines.at(-1) ?? 'no reason given';
}

async function machineSources(): Promise<string[]> {
  const folder = '/etc/apt/sources.list.d';
  const names = await readdir(folder).catch(ignore('the folder is not there', []));
  const files = names.filter((name) => /\.(list|sources)$/.test(name)).map((name) => join(folder, name));
  const texts = await Promise.all(
    ['/etc/apt/sources.list', ...files].map((file) =>
      readFile(file, 'utf8').catch(ignore('the file is not there', '')),
    ),
  );
  return debianSources(texts);
}

async function machineOptions(): Promise<string[]> {
  const { stdout } = await promisify(execFile)('apt-config', ['dump']);
  return carriedOptions(stdout);
}
