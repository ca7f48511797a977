/** Debian packages: finds and installs missing ones. Updates apt's lists only if necessary. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { DeskpodError } from '#domain/errors.ts';
import type { Detail } from './progress.ts';

/** With recommended packages that Podman needs here: name resolution and bridges for its networks, and an init process. */
const PODMAN = ['podman', 'runc', 'netavark', 'aardvark-dns', 'iptables', 'nftables', 'catatonit'];
const BASE = ['mmdebstrap', 'debian-archive-keyring', 'gpg'];

const KEPT_LINES = 15;
/** While another program installs packages, such as unattended-upgrades. */
const LOCK_SECONDS = 300;

/** `ownEngine`: Deskpod's own Podman; `ownBase`: a base image created here. */
export function requiredPackages(options: { ownEngine: boolean; ownBase: boolean }): string[] {
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

/** `listing`: the output of dpkg-query, lines of `package status` mixed with errors about unknown names. */
export function notInstalled(names: readonly string[], listing: string): string[] {
  const installed = new Set(listing.split('\n').flatMap((line) => /^(\S+) installed$/.exec(line.trim())?.[1] ?? []));
  return names.filter((name) => !installed.has(name));
}

/** Rejects with apt's reason. Also repairs an interrupted dpkg. */
export async function installPackages(names: readonly string[], detail: Detail): Promise<void> {
  await run('dpkg', ['--configure', '-a'], detail);
  const install = [
    'install',
    '-y',
    '-q',
    '-o',
    `DPkg::Lock::Timeout=${LOCK_SECONDS}`,
    '--no-install-recommends',
    ...names,
  ];
  const first = await run('apt-get', install, detail);
  if (first.code === 0) return;
  await run('apt-get', ['update', '-q'], detail);
  const second = await run('apt-get', install, detail);
  if (second.code === 0) return;
  const reason = second.output.split('\n').findLast((line) => line.startsWith('E:')) ?? 'apt-get failed';
  throw new DeskpodError('internal_error', `The Debian packages ${names.join(', ')} couldn't be installed: ${reason}`, {
    remedy: `Run \`apt-get install ${names.join(' ')}\` yourself, then start again.`,
    cause: new Error(second.output.trim().split('\n').slice(-KEPT_LINES).join('\n')),
  });
}

/** Runs a program and passes its output line by line; `code` is its exit code. */
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
      remedy:
        'Deskpod sets itself up on Debian and Ubuntu. On other systems, use a running engine with --engine-socket.',
    });
  }
  return { code: typeof code === 'number' ? code : 1, output: lines.join('\n') };
}
