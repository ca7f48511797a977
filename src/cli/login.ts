/** The credentials of a command: a given token, the stored login, or the local administrator's token. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { CliError } from './failure.ts';
import type { Io } from './io.ts';
import { ignore } from '#protocol/ignore.ts';

export const DEFAULT_SERVER = 'http://localhost:30443';
export const DEFAULT_DATA = '/var/lib/deskpod';

const Login = z.object({ server: z.url({ protocol: /^https?$/ }), token: z.string().min(1) });
export type Login = z.infer<typeof Login>;

export interface ServerOptions {
  readonly server?: string;
  readonly token?: string;
  readonly data?: string;
}

/**
 * In this order: an explicit token; unless a data folder was given, the stored login if it is for the same server; the
 * token in the data folder of a local server, which only root can read.
 */
export async function findLogin(io: Io, { server, token, data }: ServerOptions): Promise<Login> {
  if (token !== undefined) return { server: base(server ?? DEFAULT_SERVER), token };
  const stored = data === undefined ? await storedLogin(io) : null;
  if (stored !== null && (server === undefined || base(server) === stored.server)) return stored;
  const file = join(data ?? DEFAULT_DATA, 'cli-token');
  const [local, address] = (await read(file))?.trim().split('\n') ?? [];
  if (local) return { server: base(server ?? address ?? DEFAULT_SERVER), token: local };
  throw new CliError(`You’re not logged in, and ${file} can’t be read.`, {
    remedy: 'Log in (deskpod login), run this command as root on the server’s machine, or set DESKPOD_TOKEN.',
  });
}

export async function storeLogin(io: Io, login: Login): Promise<void> {
  const file = loginFile(io);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await rm(file, { force: true });
  await writeFile(file, `${JSON.stringify({ ...login, server: base(login.server) })}\n`, { mode: 0o600 });
}

/** Returns whether there was one. */
export async function forgetLogin(io: Io): Promise<boolean> {
  const had = (await storedLogin(io)) !== null;
  await rm(loginFile(io), { force: true });
  return had;
}

export async function storedLogin(io: Io): Promise<Login | null> {
  const text = await read(loginFile(io));
  if (text === null) return null;
  try {
    return Login.parse(JSON.parse(text));
  } catch (cause) {
    throw new CliError(`Can’t read the login in ${loginFile(io)}.`, { remedy: 'Log in again: deskpod login', cause });
  }
}

/** Without a trailing slash; https if the scheme is missing. */
export function base(server: string): string {
  const url = URL.parse(/^https?:\/\//i.test(server) ? server : `https://${server}`);
  if (url === null)
    throw new CliError(`“${server}” is not a valid address.`, {
      remedy: `Use an address such as ${DEFAULT_SERVER}.`,
      exitCode: 2,
    });
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function loginFile(io: Io): string {
  return join(io.home, '.config/deskpod/login.json');
}

/** Null when the file is missing or unreadable. */
async function read(file: string): Promise<string | null> {
  return await readFile(file, 'utf8').catch(ignore('there is no stored login', null));
}
