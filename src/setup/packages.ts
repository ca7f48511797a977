/** Debian packages: which are missing, and installing them. apt's lists are renewed only when they do not do. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { DeskpodError } from '#domain/errors.ts';
import type { Detail } from './progress.ts';

/** What Podman needs that it only recommends: a resolver and bridge for its networks, a process 1 that reaps. */
const PODMAN = ['podman', 'runc', 'netavark', 'aardvark-dns', 'iptables', 'catatonit'];
const BASE = ['mmdebstrap', 'debian-archive-keyring', 'gpg'];

const KEPT_LINES = 15;

/** `ownEngine`: our own Podman; `ownBase`: a base image made here. */
export function wantedPackages(options: { ownEngine: boolean; ownBase: boolean }): string[] {
  return ['ca-certificates', ...(options.ownEngine ? PODMAN : []), ...(options.ownBase ? BASE : [])];
}

/** In the order given. */
export async function missingPackages(names: readonly string[]): Promise<string[]> {
  const { output } = await run(
    'dpkg-query',
    ['-W', '-f', '${Package} ${db:Status-Status}\\n', ...names],
    () => undefined,
  );
  return notInstalled(names, output);
}

/** `listing`: lines of `package status` as dpkg-query prints them, with its complaints about unknown names between. */
export function notInstalled(names: readonly string[], listing: string): string[] {
  const installed = new Set(listing.split('\n').flatMap((line) => /^(\S+) installed$/.exec(line.trim())?.[1] ?? []));
  return names.filter((name) => !installed.has(name));
}

/** Rejects with apt's reason. Also mends a dpkg that was interrupted before. */
export async function installPackages(names: readonly string[], detail: Detail): Promise<void> {
  await run('dpkg', ['--configure', '-a'], detail);
  const install = ['install', '-y', '-q', '--no-install-recommends', ...names];
  const first = await run('apt-get', install, detail);
  if (first.code === 0) return;
  await run('apt-get', ['update', '-q'], detail);
  const second = await run('apt-get', install, detail);
  if (second.code === 0) return;
  const reason = second.output.split('\n').findLast((line) => line.startsWith('E:')) ?? 'apt-get failed';
  throw new DeskpodError(
    'internal_error',
    `The Debian packages ${names.join(', ')} could not be installed: ${reason}`,
    {
      remedy: `Run \`apt-get install ${names.join(' ')}\` by hand and start again.`,
      cause: new Error(second.output.trim().split('\n').slice(-KEPT_LINES).join('\n')),
    },
  );
}

/** One program with its output line by line; `code` is its exit code. */
export async function run(
  command: string,
  args: readonly string[],
  detail: Detail,
): Promise<{ code: number; output: string }> {
  const variables = ['DEBIAN_FRONTEND=noninteractive', 'LC_ALL=C.UTF-8'];
  const child = spawn('env', [...variables, command, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      if (line.trim() !== '') detail(line);
    });
  }
  const [code] = await once(child, 'close');
  if (code === 127) {
    throw new DeskpodError('internal_error', `There is no ${command} on this machine.`, {
      remedy: 'Deskpod sets itself up on Debian and Ubuntu. Elsewhere, give it a running engine with --engine-socket.',
    });
  }
  return { code: typeof code === 'number' ? code : 1, output: lines.join('\n') };
}
