/**
 * The programs that we are measured beside. Those of PyPI go into a folder of the bench, those of Debian into the system, with
 * `apt-get`: only when the whole of this part of the bench runs, as root, and nothing that they contain is started. `npm start`
 * installs none of them.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '#domain/errors.ts';

const run = promisify(execFile);
const INSTALL_MS = 10 * 60_000;
const ASK_MS = 60_000;
/** Debian asks it whether the services of a package may start. */
const POLICY = '/usr/sbin/policy-rc.d';

export interface Tool {
  readonly path: string;
  readonly version: string;
}

export interface Without {
  readonly skipped: string;
}

export interface Tools {
  /** A program of PyPI, in the version that is installed or, if none is, the latest. */
  python(name: string): Promise<Tool | Without>;
  /** A program of Debian, at the first path; its package is the first, too. The others have what it needs. */
  debian(packages: readonly [string, ...string[]], paths: readonly [string, ...string[]]): Promise<Tool | Without>;
}

/** Where it is, or would be. */
export function pythonProgram(folder: string, name: string): string {
  return join(folder, 'python', name, 'bin', name);
}

/** `mayInstall` is false where only what is there is used. `log` gets a line for each installation. */
export function tools(folder: string, mayInstall: boolean, log: (line: string) => void): Tools {
  const attempt = async (what: string, found: () => Promise<Tool | null>, install: () => Promise<void>) => {
    try {
      const tool = await found();
      if (tool) return tool;
      if (!mayInstall) return { skipped: `${what} is not installed` };
      await install();
      return (await found()) ?? { skipped: `${what} was installed, but its program is missing` };
    } catch (error) {
      return { skipped: `${what} can't be installed: ${lastLine(error)}` };
    }
  };
  return {
    python(name) {
      const home = join(folder, 'python', name);
      const path = pythonProgram(folder, name);
      const found = async (): Promise<Tool | null> =>
        existsSync(path) ? { path, version: await pythonVersion(home, name) } : null;
      return attempt(`${name} of PyPI`, found, async () => {
        log(`bench: installs ${name} of PyPI in ${home}`);
        await mkdir(home, { recursive: true });
        await run('python3', ['-m', 'venv', '--clear', home], { timeout: INSTALL_MS });
        await run(join(home, 'bin', 'pip'), ['install', name], { timeout: INSTALL_MS });
      });
    },
    debian(packages, paths) {
      const found = async (): Promise<Tool | null> =>
        paths.every((path) => existsSync(path)) ? { path: paths[0], version: await debianVersion(packages[0]) } : null;
      return attempt(`Debian's ${packages.join(' and ')}`, found, async () => {
        log(`bench: installs Debian's ${packages.join(' and ')}`);
        await withoutServices(async () => {
          const options = { timeout: INSTALL_MS, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
          await run('apt-get', ['update'], options);
          await run('apt-get', ['install', '-y', '--no-install-recommends', ...packages], options);
        });
      });
    },
  };
}

async function pythonVersion(home: string, name: string): Promise<string> {
  const code = `import importlib.metadata as m; print(m.version(${JSON.stringify(name)}))`;
  const { stdout } = await run(join(home, 'bin', 'python'), ['-c', code], { timeout: ASK_MS });
  return `${stdout.trim()} of PyPI`;
}

async function debianVersion(name: string): Promise<string> {
  const { stdout } = await run('dpkg-query', ['-W', '-f', '${Version}', name], { timeout: ASK_MS });
  const release = await readFile('/etc/debian_version', 'utf8');
  return `${stdout.trim()} of Debian ${release.trim()}`;
}

/** Services of the packages stay stopped, unless the machine has a policy of its own. */
async function withoutServices(install: () => Promise<void>): Promise<void> {
  if (existsSync(POLICY)) return await install();
  await writeFile(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await install();
  } finally {
    await rm(POLICY);
  }
}

function lastLine(error: unknown): string {
  const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
  return stderr.trim().split('\n').at(-1) || messageOf(error).split('\n')[0] || '';
}
