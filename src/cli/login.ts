/** Whom a command speaks for: a token given, a login kept in the home, or the machine's own administrator. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { CliError } from './failure.ts';
import type { Io } from './io.ts';

export const DEFAULT_SERVER = 'http://localhost:30443';
export const DEFAULT_DATA = '/var/lib/deskpod';

const Login = z.object({ server: z.url({ protocol: /^https?$/ }), token: z.string().min(1) });
export type Login = z.infer<typeof Login>;

export interface Wanted {
  readonly server?: string;
  readonly token?: string;
  readonly data?: string;
}

/**
 * An explicit token first; then, unless a data folder was named, the kept login if it is for the wanted server; then the
 * token that the server of this machine leaves in its data folder, which only root can read.
 */
export async function findLogin(io: Io, { server, token, data }: Wanted): Promise<Login> {
  if (token !== undefined) return { server: base(server ?? DEFAULT_SERVER), token };
  const kept = data === undefined ? await readKept(io) : null;
  if (kept !== null && (server === undefined || base(server) === kept.server)) return kept;
  const file = join(data ?? DEFAULT_DATA, 'cli-token');
  const [local, address] = (await read(file))?.trim().split('\n') ?? [];
  if (local) return { server: base(server ?? address ?? DEFAULT_SERVER), token: local };
  throw new CliError(`Nobody is logged in here, and ${file} cannot be read.`, {
    remedy: 'Log in (deskpod login), run this as root on the machine of the server, or set DESKPOD_TOKEN.',
  });
}

export async function keepLogin(io: Io, login: Login): Promise<void> {
  const file = keptFile(io);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await rm(file, { force: true });
  await writeFile(file, `${JSON.stringify({ ...login, server: base(login.server) })}\n`, { mode: 0o600 });
}

/** False when there was none. */
export async function forgetLogin(io: Io): Promise<boolean> {
  const had = (await readKept(io)) !== null;
  await rm(keptFile(io), { force: true });
  return had;
}

export async function readKept(io: Io): Promise<Login | null> {
  const text = await read(keptFile(io));
  if (text === null) return null;
  try {
    return Login.parse(JSON.parse(text));
  } catch (cause) {
    throw new CliError(`${keptFile(io)} is damaged.`, { remedy: 'Log in again: deskpod login', cause });
  }
}

/** Without a slash at the end; a name alone means https. */
export function base(server: string): string {
  const url = URL.parse(/^https?:\/\//i.test(server) ? server : `https://${server}`);
  if (url === null)
    throw new CliError(`“${server}” is not an address.`, { remedy: `Say for example ${DEFAULT_SERVER}.`, exitCode: 2 });
  return url.origin;
}

function keptFile(io: Io): string {
  return join(io.home, '.config/deskpod/login.json');
}

/** Null when it is not there or not ours to read. */
async function read(file: string): Promise<string | null> {
  return await readFile(file, 'utf8').catch(() => null);
}
